import type { Clock } from '../spec/clock.ts'

const NOTHING = (): void => {}

/**
 * A time limit that nearly every event moves on. The timer is left as it is and looks again when it fires, also from one
 * request to the next on the same lane: making, unreferencing and cancelling a timer for each request was 2 % of what a
 * request costs.
 */
export class MovingDeadline {
  readonly #clock: Clock
  #at = Number.POSITIVE_INFINITY
  #passed = NOTHING
  #timer: { cancel(): void } | null = null
  #timerAt = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Something must move within this many ms; else `passed` is called, once. Replaces the limit before it. */
  set(ms: number, passed: () => void): void {
    this.#at = this.#clock.monotonic() + ms
    this.#passed = passed
    if (this.#timerAt <= this.#at) return
    this.#timer?.cancel()
    this.#timerAt = this.#at
    this.#timer = this.#clock.setTimeout(this.#onTimer, ms)
  }

  /** Nothing is due. The timer may go on; it will find nothing to do. */
  clear(): void {
    this.#at = Number.POSITIVE_INFINITY
    this.#passed = NOTHING
  }

  /** For good. */
  cancel(): void {
    this.clear()
    this.#timer?.cancel()
    this.#timer = null
    this.#timerAt = Number.POSITIVE_INFINITY
  }

  readonly #onTimer = (): void => {
    this.#timerAt = Number.POSITIVE_INFINITY
    this.#timer = null
    const left = this.#at - this.#clock.monotonic()
    if (left === Number.POSITIVE_INFINITY) return
    // Timers may fire a fraction of a millisecond early.
    if (left > 0) {
      this.#timerAt = this.#at
      this.#timer = this.#clock.setTimeout(this.#onTimer, Math.max(1, Math.ceil(left)))
      return
    }
    const due = this.#at
    // After a busy stretch timers run before what has arrived meanwhile is read: one look at the sockets first.
    setImmediate(() => {
      if (this.#at !== due) return
      const passed = this.#passed
      this.clear()
      passed()
    })
  }
}
