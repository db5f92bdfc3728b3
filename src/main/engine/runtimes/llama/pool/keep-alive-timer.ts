import type { Clock } from '../../../spec/clock.ts'

/** Node fires timers beyond 2^31 ms at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Calls `expire` when a model has been idle for its keep-alive. */
export class KeepAliveTimer {
  readonly #clock: Clock
  readonly #expire: () => void
  #timer: { cancel(): void } | null = null
  #expiresAt: number | null = null

  constructor(clock: Clock, expire: () => void) {
    this.#clock = clock
    this.#expire = expire
  }

  /** Epoch ms at which the model goes if nothing more is asked of it; null for never. */
  get expiresAt(): number | null {
    return this.#expiresAt
  }

  /** Someone uses the model: no time runs, but it is known when it would be up from now. */
  hold(seconds: number): void {
    this.stop()
    this.#expiresAt = seconds < 0 ? null : this.#clock.now() + seconds * 1000
  }

  /** Nobody uses the model any more: the time begins. -1 is forever, 0 expires at once. */
  begin(seconds: number): void {
    this.hold(seconds)
    if (seconds === 0) this.#expire()
    else if (this.#expiresAt !== null) this.#arm(this.#expiresAt)
  }

  /** Stops the time without forgetting when it would have been up. */
  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
  }

  /** The model is gone. */
  forget(): void {
    this.stop()
    this.#expiresAt = null
  }

  #arm(expiresAt: number): void {
    this.#timer = this.#clock.setTimeout(
      () => {
        this.#timer = null
        if (this.#clock.now() >= expiresAt) this.#expire()
        else this.#arm(expiresAt)
      },
      Math.min(LONGEST_TIMER_MS, Math.max(0, expiresAt - this.#clock.now())),
    )
  }
}
