import type { Clock } from '../spec/clock.ts'

/** A server may be put right; then its answers pass through again, ms. */
const REMEMBERED_MS = 10 * 60_000

/**
 * Connections that answered in one piece where a stream was asked for, or the other way round: such answers have to be
 * read, and asking again for each request would compute it twice.
 */
export class MisshapenAnswers {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #since = new Map<string, number>()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  cameFrom(connectionId: string, stream: boolean): void {
    this.#since.set(keyOf(connectionId, stream), this.#clock.monotonic())
  }

  areToBeExpectedFrom(connectionId: string, stream: boolean): boolean {
    if (this.#since.size === 0) return false
    const key = keyOf(connectionId, stream)
    const since = this.#since.get(key)
    if (since === undefined) return false
    if (this.#clock.monotonic() - since < REMEMBERED_MS) return true
    this.#since.delete(key)
    return false
  }
}

function keyOf(connectionId: string, stream: boolean): string {
  return `${connectionId} ${stream ? 'stream' : 'whole'}`
}
