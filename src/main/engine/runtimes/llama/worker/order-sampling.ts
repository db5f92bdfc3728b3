import type { LlamaContext } from 'node-llama-cpp'

/** The part of the native context, internal to the library, that decodes a batch and then samples from its rows. */
interface NativeContext {
  decodeBatch: () => Promise<void>
  sampleToken: (...parameters: unknown[]) => Promise<unknown>
}

/**
 * Lets the first stream of a batch sample alone, and the others after it. llama.cpp sorts the rows of a decoded batch at
 * the first look at them, without a lock, and the library samples all streams of a batch in parallel threads: with 8
 * streams two of five answers got a token of another stream now and then (3.21.1; rows are out of order only then).
 */
export function orderSampling(context: LlamaContext): void {
  const native = nativeContext(context)
  const { decodeBatch, sampleToken } = native
  let sorted: Promise<unknown> | null = null
  replace(native, 'decodeBatch', async () => {
    await decodeBatch.call(native)
    sorted = null
  })
  replace(native, 'sampleToken', (...parameters) => {
    if (sorted !== null) return sorted.then(() => sampleToken.apply(native, parameters))
    const first = sampleToken.apply(native, parameters)
    // Whether it found a token does not matter to those behind it.
    sorted = first.catch(() => undefined)
    return first
  })
}

/** Native methods cannot be assigned to, but an own property hides them. */
function replace<Name extends keyof NativeContext>(
  native: NativeContext,
  name: Name,
  replacement: NativeContext[Name],
): void {
  Object.defineProperty(native, name, { value: replacement })
}

/** Throws if another version of the library keeps it elsewhere: wrong answers would be worse than none. */
function nativeContext(context: LlamaContext): NativeContext {
  const native = (context as unknown as { _ctx?: Partial<NativeContext> })._ctx
  if (typeof native?.decodeBatch !== 'function' || typeof native.sampleToken !== 'function') {
    throw new Error('This version of node-llama-cpp has no native context where it is expected.')
  }
  return native as NativeContext
}
