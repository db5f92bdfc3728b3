/** Bytes that may wait for their reader before the server is paused. */
const HIGH_WATER = 256 * 1024
/** And below which it goes on. */
const LOW_WATER = 64 * 1024

/** A body that is pushed in on one side and read with `for await` on the other. */
export interface ResponseBody extends AsyncIterable<Buffer> {
  /** False: no more until `onLow` was called. */
  push(chunk: Buffer): boolean
  end(): void
  fail(error: Error): void
  /** Nothing more comes, well or not. */
  isOver(): boolean
}

/**
 * A bounded queue between an exchange and its reader. Leaving the loop early calls `onLeave`; what was received before
 * a failure is read first.
 */
export function createResponseBody(onLow: () => void, onLeave: () => void): ResponseBody {
  let chunks: Buffer[] = []
  let next = 0
  let waiting = 0
  let isFull = false
  let outcome: { error: Error | null } | null = null
  let reader: { resolve(result: IteratorResult<Buffer>): void; reject(error: Error): void } | null = null

  function take(): Buffer | null {
    const chunk = chunks[next]
    if (chunk === undefined) return null
    next += 1
    if (next === chunks.length) {
      chunks = []
      next = 0
    }
    waiting -= chunk.length
    if (isFull && waiting <= LOW_WATER) {
      isFull = false
      onLow()
    }
    return chunk
  }

  function settle(error: Error | null): void {
    if (outcome !== null) return
    outcome = { error }
    if (reader === null) return
    if (error === null) reader.resolve({ done: true, value: undefined })
    else reader.reject(error)
    reader = null
  }

  const iterator: AsyncIterator<Buffer> = {
    next() {
      const chunk = take()
      if (chunk !== null) return Promise.resolve({ done: false, value: chunk })
      if (outcome === null) {
        if (reader !== null) return Promise.reject(new Error('The body is being read already.'))
        return new Promise((resolve, reject) => {
          reader = { resolve, reject }
        })
      }
      return outcome.error === null ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(outcome.error)
    },
    return() {
      chunks = []
      next = 0
      waiting = 0
      settle(null)
      onLeave()
      return Promise.resolve({ done: true, value: undefined })
    },
  }

  return {
    push(chunk) {
      if (outcome !== null || chunk.length === 0) return true
      if (reader !== null) {
        reader.resolve({ done: false, value: chunk })
        reader = null
        return true
      }
      chunks.push(chunk)
      waiting += chunk.length
      if (waiting >= HIGH_WATER) isFull = true
      return !isFull
    },
    end: () => settle(null),
    fail: (error) => settle(error),
    isOver: () => outcome !== null,
    [Symbol.asyncIterator]: () => iterator,
  }
}
