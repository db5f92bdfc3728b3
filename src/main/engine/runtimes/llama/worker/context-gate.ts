import type { LlamaContextSequence, Token } from 'node-llama-cpp'

/** Sequence methods that take the context's lock. The last one is not in the library's types, but LlamaChat calls it. */
const LOCKING = [
  'adaptStateToTokens',
  'eraseContextTokenRanges',
  'clearHistory',
  'takeCheckpoint',
  '_takeNamedCheckpoint',
]

/**
 * Lets a sequence change its cache while others generate. The library keeps the context locked as long as any decode
 * is queued; with two or more streams one always is, so that whoever wants the lock waits until they all end (seen
 * with 3.21.1). Here the streams pause for a moment instead.
 */
export class ContextGate {
  #users = 0
  #closed: PromiseWithResolvers<void> | null = null

  /** Something to wait for before the next decode, or null when the way is free. */
  get closed(): Promise<void> | null {
    return this.#closed?.promise ?? null
  }

  /** Runs `work` while no stream of this context asks for another token. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    this.#users += 1
    this.#closed ??= Promise.withResolvers()
    try {
      return await work()
    } finally {
      this.#users -= 1
      if (this.#users === 0) {
        this.#closed.resolve()
        this.#closed = null
      }
    }
  }

  /** Makes the sequence use the gate, also where LlamaChat and LlamaCompletion drive it. */
  guard(sequence: LlamaContextSequence): LlamaContextSequence {
    const methods = sequence as unknown as Record<string, unknown>
    for (const name of LOCKING) {
      const original = methods[name]
      if (typeof original !== 'function') continue
      methods[name] = (...parameters: unknown[]) => this.exclusively(() => original.apply(sequence, parameters))
    }
    const evaluate = sequence.evaluate.bind(sequence)
    sequence.evaluate = (tokens, options) => gated(evaluate(tokens, options), this)
    return sequence
  }
}

type Evaluation = ReturnType<LlamaContextSequence['evaluate']>

async function* gated(inner: Evaluation, gate: ContextGate): Evaluation {
  let replacement: undefined | Token | Token[]
  try {
    for (;;) {
      if (gate.closed !== null) await gate.closed
      const { value, done } = await inner.next(replacement)
      if (done === true || value === undefined) return
      replacement = (yield value) ?? undefined
    }
  } finally {
    await inner.return()
  }
}
