/** A request body that comes bit by bit. */
export interface UploadBody {
  bytes: AsyncIterable<Uint8Array>
  /** What its source failed with, if it did. */
  failure(): Error | null
  /** The request is over: no more is asked of the source, also while it is being waited for. */
  close(): void
}

/** Ties a body's source to its request, so that a source that never goes on does not outlive it. */
export function openUpload(source: AsyncIterable<Uint8Array>): UploadBody {
  const iterator = source[Symbol.asyncIterator]()
  let failed: Error | null = null
  let isClosed = false
  let closed: () => void = () => {}
  const whenClosed = new Promise<IteratorResult<Uint8Array>>((resolve) => {
    closed = () => resolve({ done: true, value: undefined })
  })
  return {
    bytes: {
      [Symbol.asyncIterator]: () => ({
        async next() {
          if (isClosed) return { done: true, value: undefined }
          try {
            return await Promise.race([iterator.next(), whenClosed])
          } catch (error) {
            failed = error instanceof Error ? error : new Error(String(error))
            throw failed
          }
        },
      }),
    },
    failure: () => failed,
    close() {
      if (isClosed) return
      isClosed = true
      closed()
      // A source that fails while being closed has nobody left to tell.
      iterator.return?.().catch(() => {})
    },
  }
}
