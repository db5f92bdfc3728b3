import type { LoadOptions } from '#shared/models.ts'
import type { Clock } from '../../../spec/clock.ts'
import { EngineError, toEngineError } from '../../../spec/engine-error.ts'
import type { WorkerLink } from '../worker-link.ts'

/** What a request wants to hear while it waits. */
export interface WaitListener {
  queued: (position: number) => void
  loading: (value: number | null) => void
}

/** Leave to run one request. `signal` also aborts when the model is unloaded below the request. */
export interface Ticket {
  link: WorkerLink
  signal: AbortSignal
  queueMs: number
  loadMs: number
  release: () => void
}

/** A request in the line, with what it needs of the model. */
export interface Waiter {
  wishes: LoadOptions
  keepAlive: number | undefined
  listener: WaitListener
  since: number
  loadMs: number
  position: number
  resolve: (ticket: Ticket) => void
  reject: (error: EngineError) => void
}

/** The requests that wait for one model, first in, first out. */
export class WaitLine {
  readonly #clock: Clock
  #waiters: Waiter[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get length(): number {
    return this.#waiters.length
  }

  get head(): Waiter | undefined {
    return this.#waiters[0]
  }

  /** Lines up; the promise settles with a ticket or an error. An abort leaves the line at once and calls `onLeft`. */
  join(
    request: Pick<Waiter, 'wishes' | 'keepAlive' | 'listener'>,
    signal: AbortSignal,
    onLeft: () => void,
  ): Promise<Ticket> {
    if (signal.aborted) return Promise.reject(abortError(signal))
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        reject(abortError(signal))
        onLeft()
      }
      const done = (): void => signal.removeEventListener('abort', onAbort)
      const waiter: Waiter = {
        ...request,
        since: this.#clock.monotonic(),
        loadMs: 0,
        position: 0,
        resolve: (ticket) => {
          done()
          resolve(ticket)
        },
        reject: (error) => {
          done()
          reject(error)
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiters.push(waiter)
    })
  }

  /** Takes the head out of the line. */
  shift(): Waiter | undefined {
    return this.#waiters.shift()
  }

  rejectAll(error: EngineError): void {
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
  }

  tellLoading(value: number | null): void {
    for (const waiter of this.#waiters) waiter.listener.loading(value)
  }

  /** Tells each whose position is a new one. */
  tellPositions(): void {
    for (const [index, waiter] of this.#waiters.entries()) {
      if (waiter.position === index + 1) continue
      waiter.position = index + 1
      waiter.listener.queued(index + 1)
    }
  }

  /** Notes how much of their waiting went into a load that took `ms`. */
  addLoad(ms: number): void {
    for (const waiter of this.#waiters) waiter.loadMs = Math.min(ms, this.waited(waiter))
  }

  waited(waiter: Waiter): number {
    return this.#clock.monotonic() - waiter.since
  }
}

function abortError(signal: AbortSignal): EngineError {
  const reason: unknown = signal.reason
  return reason instanceof Error ? toEngineError(reason) : new EngineError('aborted', 'The request was cancelled.')
}
