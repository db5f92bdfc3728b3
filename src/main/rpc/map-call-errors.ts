import type { Engine } from '../engine/spec/engine.ts'
import { toRpcError } from './to-rpc-error.ts'

interface Call {
  path: readonly string[]
  signal?: AbortSignal | undefined
  next(): Promise<unknown>
}

/** An oRPC interceptor around every call: what it throws, also in the middle of a stream, crosses as toRpcError says. */
export function mapCallErrors(engine: Pick<Engine, 'log'>): (call: Call) => Promise<unknown> {
  return async ({ path, signal, next }) => {
    const procedure = path.join('.')
    try {
      const output = await next()
      return isAsyncGenerator(output) ? mapStreamErrors(output, engine, procedure, signal) : output
    } catch (error) {
      if (signal?.aborted) throw error
      throw toRpcError(error, engine.log, procedure)
    }
  }
}

async function* mapStreamErrors(
  stream: AsyncGenerator<unknown>,
  engine: Pick<Engine, 'log'>,
  procedure: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown> {
  try {
    yield* stream
  } catch (error) {
    if (signal?.aborted) throw error
    throw toRpcError(error, engine.log, procedure)
  }
}

function isAsyncGenerator(value: unknown): value is AsyncGenerator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value
}
