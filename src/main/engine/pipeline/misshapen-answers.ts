import type { Clock } from '../spec/clock.ts'
import type { PassThroughEndpoint } from '../spec/provider-adapter.ts'

/** A server may be put right; then its answers pass through again, ms. */
const REMEMBERED_MS = 10 * 60_000

/** The most kinds of requests that are remembered; beyond it remembering starts again. */
const MAX_REMEMBERED = 1_000

/** A kind of request, as far as servers answer it in one shape or another. */
export interface AskedShape {
  connectionId: string
  upstreamModel: string
  endpoint: PassThroughEndpoint
  stream: boolean
}

/**
 * What was answered in one piece where a stream was asked for, or the other way round: such answers have to be read, and
 * asking again for each request would compute it twice.
 */
export class MisshapenAnswers {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #since = new Map<string, number>()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  cameTo(asked: AskedShape): void {
    if (this.#since.size >= MAX_REMEMBERED) this.#since.clear()
    this.#since.set(keyOf(asked), this.#clock.monotonic())
  }

  areToBeExpectedFor(asked: () => AskedShape): boolean {
    if (this.#since.size === 0) return false
    const key = keyOf(asked())
    const since = this.#since.get(key)
    if (since === undefined) return false
    if (this.#clock.monotonic() - since < REMEMBERED_MS) return true
    this.#since.delete(key)
    return false
  }
}

function keyOf({ connectionId, upstreamModel, endpoint, stream }: AskedShape): string {
  return `${connectionId} ${endpoint} ${stream ? 'stream' : 'whole'} ${upstreamModel}`
}
