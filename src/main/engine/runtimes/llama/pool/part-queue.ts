import type { StreamPart } from '../../../spec/stream-part.ts'

/** Parts on their way from the worker to one reader; unread ones wait, nothing is lost. */
export class PartQueue {
  readonly #parts: StreamPart[] = []
  #outcome: { error: unknown } | 'ended' | null = null
  #wake: (() => void) | null = null

  push(part: StreamPart): void {
    if (this.#outcome !== null) return
    this.#parts.push(part)
    this.#wake?.()
  }

  end(): void {
    this.#outcome ??= 'ended'
    this.#wake?.()
  }

  /** Ends with an error. What was pushed before is still read, except when `atOnce`. */
  fail(error: unknown, atOnce = false): void {
    if (atOnce) this.#parts.length = 0
    this.#outcome ??= { error }
    this.#wake?.()
  }

  async *read(): AsyncGenerator<StreamPart, void, void> {
    for (;;) {
      const part = this.#parts.shift()
      if (part !== undefined) yield part
      else if (this.#outcome === 'ended') return
      else if (this.#outcome !== null) throw this.#outcome.error
      else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        this.#wake = null
      }
    }
  }
}
