import type { Clock } from '../spec/clock.ts'
import type { Caller, PassThroughInput, PassThroughRun, PassThroughSink } from '../spec/engine.ts'
import type { EngineError } from '../spec/engine-error.ts'
import type { PassThroughRequest } from '../spec/provider-adapter.ts'
import type { Upstream } from '../spec/upstream.ts'
import type { AnswerTail } from './answer-tail.ts'
import type { Attempts } from './attempts.ts'
import type { ReadReported } from './error-in-first-chunk.ts'
import type { MisshapenAnswers } from './misshapen-answers.ts'
import { type Passage, PassedAttempt } from './passed-attempt.ts'
import type { RequestLog } from './record-request.ts'

interface PassThroughParts {
  input: PassThroughInput
  caller: Caller
  sink: PassThroughSink
  attempts: Attempts
  misshapen: MisshapenAnswers
  log: RequestLog
  clock: Clock
}

/** How an attempt passes through. */
interface PassThroughPlan {
  upstream: Upstream
  request: PassThroughRequest
  readReported: ReadReported | undefined
}

/**
 * The fast path: an upstream's bytes go to the caller as they come, with only their last few kilobytes kept for the usage.
 * The head waits for the first byte of the body, so that an attempt which fails before it leaves no trace at the caller.
 */
export function passThrough(parts: PassThroughParts): PassThroughRun | null {
  const plan = planFor(parts)
  if (plan === null) return null
  const passage = new PassingRequest(parts)
  passage.attempt(plan)
  return passage
}

const NOBODY: ReadonlySet<string> = new Set()

/**
 * One request on the fast path, over all its attempts. It and its attempts are classes, and nothing here waits on a
 * promise or a signal: closures and events for each request were a fifth of what a request cost.
 */
class PassingRequest implements PassThroughRun, Passage {
  readonly parts: PassThroughParts
  readonly retry: Promise<ReadonlySet<string> | null>
  readonly #startedAt: number
  #attempt: PassedAttempt | null = null
  #settle: (excluding: ReadonlySet<string> | null) => void = () => {}
  cancelled: EngineError | null = null

  constructor(parts: PassThroughParts) {
    this.parts = parts
    this.#startedAt = parts.clock.monotonic()
    this.retry = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  attempt({ upstream, request, readReported }: PassThroughPlan): void {
    const { attempts } = this.parts
    const { key } = attempts.begin()
    attempts.notSent(request.notSent)
    this.#attempt = new PassedAttempt(this, upstream, readReported)
    this.#attempt.start(request, key)
  }

  /** Goes on after the sink returned false. */
  resume(): void {
    this.#attempt?.resume()
  }

  /** Frees the upstream at once; the sink hears of it as an error. */
  cancel(reason: EngineError): void {
    if (this.cancelled !== null) return
    this.cancelled = reason
    this.#attempt?.cancel(reason)
  }

  finished(tail: AnswerTail): void {
    this.#record('finished', null, tail)
    this.parts.sink.end()
    this.#settle(null)
  }

  leave(excluding: ReadonlySet<string>): void {
    this.#settle(excluding)
  }

  failedEarly(thrown: unknown): void {
    const { attempts } = this.parts
    let error = attempts.cleaned(thrown)
    if (this.parts.input.endpoint === 'anthropic:count_tokens' && error.code === 'not_found') {
      // Servers that speak the dialect may lack this route. The reading path asks once more, and then estimates.
      attempts.left()
      this.#settle(NOBODY)
      return
    }
    while (attempts.failed(error, this.cancelled === null)) {
      try {
        const plan = planFor(this.parts)
        if (plan === null) this.#settle(attempts.tried())
        else this.attempt(plan)
        return
      } catch (refused) {
        // The next holder cannot be told: Azure, of a deployment whose name has a slash.
        error = attempts.cleaned(refused)
      }
    }
    this.failedForGood(error, null)
  }

  failedForGood(error: EngineError, tail: AnswerTail | null): void {
    const { sink, attempts } = this.parts
    this.#record(this.cancelled !== null || error.code === 'aborted' ? 'cancelled' : 'failed', error, tail)
    sink.route(attempts.route)
    sink.error(error)
    this.#settle(null)
  }

  #record(outcome: 'finished' | 'failed' | 'cancelled', error: EngineError | null, tail: AnswerTail | null): void {
    const { log, input, attempts, caller, clock } = this.parts
    log.ended({
      kind: kindOf(input),
      route: attempts.route,
      caller,
      durationMs: clock.monotonic() - this.#startedAt,
      outcome,
      finishReason: null,
      usage: tail === null ? null : tail.usage(),
      error,
      passedThrough: true,
    })
  }
}

/** How the next attempt passes through; null if its upstream does not speak the dialect, or its answers have to be read. */
function planFor({ attempts, input, misshapen }: PassThroughParts): PassThroughPlan | null {
  const { connection, upstreamModel } = attempts.next
  const { endpoint, stream } = input
  if (misshapen.areToBeExpectedFor(() => ({ connectionId: connection.id, upstreamModel, endpoint, stream })))
    return null
  const { adapter } = connection
  if (adapter.upstream === undefined || adapter.passThrough === undefined) return null
  const request = adapter.passThrough(endpoint, input.body, upstreamModel, input.raw, input.laid)
  if (request === null) return null
  const { laid } = input
  const own = request.body === null && laid !== undefined ? { ...request, body: laid.bytes() } : request
  return { upstream: adapter.upstream, request: own, readReported: adapter.reportedError }
}

const KINDS: Record<PassThroughInput['endpoint'], 'chat' | 'completion' | 'embedding' | 'count'> = {
  'openai:chat': 'chat',
  'openai:responses': 'chat',
  'openai:completions': 'completion',
  'openai:embeddings': 'embedding',
  'anthropic:messages': 'chat',
  'anthropic:count_tokens': 'count',
  'ollama:chat': 'chat',
  'ollama:generate': 'completion',
  'ollama:embed': 'embedding',
  'ollama:embeddings': 'embedding',
}

function kindOf({ endpoint }: PassThroughInput): 'chat' | 'completion' | 'embedding' | 'count' {
  return KINDS[endpoint]
}
