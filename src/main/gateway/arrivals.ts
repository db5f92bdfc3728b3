import { Slots } from './slots.ts'

/** Something that arrives in pieces and is given up if it makes no progress. */
export interface Arrival {
  moved(): void
  end(): void
}

/** Looks per limit: what stands still is noticed after the limit, at most a quarter later. */
const LOOKS = 4
/** Timers do not fire more often than this, ms. */
const SHORTEST_LOOK = 5

/**
 * What is on its way, under one time limit and one timer for all of it: bodies come with their heads nearly always, and
 * a timer for each request cost more than reading its body.
 */
export class Arrivals {
  readonly #limitMs: number
  readonly #arriving = new Slots<WatchedArrival>()
  #timer: NodeJS.Timeout | null = null

  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** Is told once if nothing moves for the limit; then it is no longer watched. */
  add(owner: { stalled(): void }): Arrival {
    const arrival = new WatchedArrival(this.#arriving, owner)
    arrival.slot = this.#arriving.add(arrival)
    this.#timer ??= setInterval(this.#look, Math.max(SHORTEST_LOOK, this.#limitMs / LOOKS)).unref()
    return arrival
  }

  readonly #look = (): void => {
    if (this.#arriving.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer)
      this.#timer = null
    }
    for (const arrival of this.#arriving) arrival.look()
  }
}

class WatchedArrival implements Arrival {
  readonly #all: Slots<WatchedArrival>
  readonly #owner: { stalled(): void }
  #looks = 0
  /** Where it is among all; null once it is over. */
  slot: number | null = null

  constructor(all: Slots<WatchedArrival>, owner: { stalled(): void }) {
    this.#all = all
    this.#owner = owner
  }

  moved(): void {
    this.#looks = 0
  }

  end(): void {
    if (this.slot === null) return
    this.#all.delete(this.slot)
    this.slot = null
  }

  look(): void {
    this.#looks += 1
    // The first look may come at once after the last movement, and does not count.
    if (this.#looks <= LOOKS) return
    this.end()
    this.#owner.stalled()
  }
}
