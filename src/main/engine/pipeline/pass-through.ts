import type { Clock } from '../spec/clock.ts'
import type { Caller, Logger, PassThroughInput, PassThroughSink, Pipeline } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { PassThroughRequest } from '../spec/provider-adapter.ts'
import type { Upstream, UpstreamHead } from '../spec/upstream.ts'
import { AnswerTail } from './answer-tail.ts'
import type { Attempts } from './attempts.ts'
import { errorInFirstChunk } from './error-in-first-chunk.ts'
import { recordRequest } from './record-request.ts'

interface PassThroughParts {
  input: PassThroughInput
  caller: Caller
  signal: AbortSignal
  sink: PassThroughSink
  attempts: Attempts
  log: Logger
  clock: Clock
}

/** What is read of a refusal, bytes. */
const MAX_REFUSAL = 64 * 1024
/** What is kept back of an answer in one piece until it is whole, bytes: nobody can use half of it, but another holder may do better. */
const MAX_KEPT_BACK = 1024 * 1024
const NOBODY: ReadonlySet<string> = new Set()

/**
 * The fast path: an upstream's bytes go to the caller as they come, with only their last few kilobytes kept for the usage.
 * The head waits for the first byte of the body, so that an attempt which fails before it leaves no trace at the caller.
 */
export function passThrough(parts: PassThroughParts): ReturnType<Pipeline['passThrough']> {
  const { input, caller, signal, sink, attempts, log, clock } = parts
  const first = planFor(attempts, input)
  if (first === null) return null
  const startedAt = clock.monotonic()
  let resume: () => void = () => {}
  let settle: (excluding: ReadonlySet<string> | null) => void = () => {}
  const retry = new Promise<ReadonlySet<string> | null>((resolve) => {
    settle = resolve
  })

  function record(
    outcome: 'finished' | 'failed' | 'cancelled',
    error: EngineError | null,
    tail: AnswerTail | null,
  ): void {
    recordRequest(log, {
      kind: kindOf(input),
      route: attempts.route,
      caller,
      durationMs: clock.monotonic() - startedAt,
      outcome,
      finishReason: null,
      usage: tail?.usage() ?? null,
      error,
      passedThrough: true,
    })
  }

  function failedForGood(error: EngineError, tail: AnswerTail | null): void {
    record(signal.aborted || error.code === 'aborted' ? 'cancelled' : 'failed', error, tail)
    sink.route(attempts.route)
    sink.error(error)
    settle(null)
  }

  /** Before the first byte went to the caller: another attempt, another way, or the end. */
  function failedEarly(thrown: unknown): void {
    const error = attempts.cleaned(thrown)
    if (!attempts.failed(error, !signal.aborted)) {
      failedForGood(error, null)
      return
    }
    const plan = planFor(attempts, input)
    if (plan === null) settle(attempts.tried())
    else attempt(plan)
  }

  function attempt({ upstream, request }: Plan): void {
    const { key } = attempts.begin()
    attempts.notSent(request.notSent)
    const tail = new AnswerTail(input)
    let head: UpstreamHead | null = null
    let begun = false
    let over = false
    let refusal: Buffer[] | null = null
    let refusalBytes = 0
    const keptBack: Buffer[] = []
    let keptBackBytes = 0
    let running: { resume(): void; discard(): void } | null = null

    /** Wants no more of this attempt. */
    function giveUp(): void {
      over = true
      running?.discard()
    }

    function refused(): void {
      giveUp()
      const bytes = Buffer.concat(refusal ?? [])
      void upstream
        .httpError({ ...(head ?? { status: 502, headers: {} }), body: once(bytes), discard: () => {} }, caller.context)
        .then(failedEarly, failedEarly)
    }

    function begin(): void {
      begun = true
      attempts.answered()
      sink.route(attempts.route)
      if (head !== null) sink.head(head)
    }

    /** Gives the first bytes to the caller. False if they are an error, and the attempt is over. */
    function beginWith(bytes: Buffer): { accepted: boolean; goOn: boolean } {
      const failure = errorInFirstChunk(bytes, upstream.title, upstream.config.provider)
      if (failure !== null) {
        giveUp()
        failedEarly(failure)
        return { accepted: false, goOn: true }
      }
      begin()
      tail.add(bytes)
      return { accepted: true, goOn: sink.data(bytes) }
    }

    running = upstream.dispatch(
      {
        method: 'POST',
        path: request.path,
        body: request.body ?? input.raw,
        signal,
        key,
        ...(request.headers === undefined ? {} : { headers: request.headers }),
        ...(caller.context === undefined ? {} : { context: caller.context }),
      },
      {
        head(got) {
          if (over) return
          head = got
          if (got.status >= 300) {
            refusal = []
            return
          }
          const type = got.headers['content-type'] ?? ''
          if (isWrongType(type, input.stream)) {
            giveUp()
            if (isWholeJson(type)) {
              // It answers a stream request in one piece: the reading path knows what to make of that.
              attempts.left()
              settle(NOBODY)
              return
            }
            failedEarly(
              new EngineError(
                'upstream_error',
                `${upstream.title} sent a web page (${type}) instead of an answer. Check its address.`,
                {
                  retryable: true,
                },
              ),
            )
          }
        },
        data(chunk) {
          if (over) return true
          if (refusal !== null) {
            refusal.push(chunk)
            refusalBytes += chunk.length
            if (refusalBytes > MAX_REFUSAL) refused()
            return true
          }
          if (begun) {
            tail.add(chunk)
            return sink.data(chunk)
          }
          if (input.stream) return beginWith(chunk).goOn
          keptBack.push(chunk)
          keptBackBytes += chunk.length
          return keptBackBytes < MAX_KEPT_BACK || beginWith(Buffer.concat(keptBack)).goOn
        },
        end() {
          if (over) return
          if (refusal !== null) return refused()
          if (!begun && keptBackBytes > 0 && !beginWith(Buffer.concat(keptBack)).accepted) return
          over = true
          const brokeOff = tail.brokeOff()
          if (!begun && (brokeOff || input.stream)) {
            return failedEarly(
              new EngineError('upstream_error', `${upstream.title} ended its answer before it began.`, {
                retryable: true,
              }),
            )
          }
          if (!begun) begin()
          attempts.left()
          if (brokeOff) {
            const error = new EngineError(
              'upstream_error',
              `${upstream.title} broke its answer off before it was finished.`,
              {
                retryable: true,
              },
            )
            return failedForGood(error, tail)
          }
          record('finished', null, tail)
          sink.end()
          settle(null)
        },
        error(thrown) {
          if (over) return
          over = true
          if (!begun) return failedEarly(signal.aborted ? (signal.reason ?? thrown) : thrown)
          const error = attempts.cleaned(thrown)
          attempts.failed(error, false)
          failedForGood(error, tail)
        },
      },
    )
    resume = () => running?.resume()
    if (over) running.discard()
  }

  attempt(first)
  return { resume: () => resume(), retry }
}

interface Plan {
  upstream: Upstream
  request: PassThroughRequest
}

/** How the next attempt passes through; null if its upstream does not speak the dialect. */
function planFor(attempts: Attempts, input: PassThroughInput): Plan | null {
  const { connection, upstreamModel } = attempts.next
  const { adapter } = connection
  if (adapter.upstream === undefined || adapter.passThrough === undefined) return null
  const request = adapter.passThrough(input.endpoint, input.body, upstreamModel, input.raw)
  return request === null ? null : { upstream: adapter.upstream, request }
}

/** A web page instead of an answer, or one piece where a stream was asked for. */
function isWrongType(type: string, stream: boolean): boolean {
  return /html|xml/i.test(type) || (stream && isWholeJson(type))
}

function isWholeJson(type: string): boolean {
  return /^application\/json\b/i.test(type)
}

function kindOf({ endpoint }: PassThroughInput): 'chat' | 'completion' | 'embedding' | 'count' {
  if (/embed/.test(endpoint)) return 'embedding'
  if (endpoint.endsWith('count_tokens')) return 'count'
  return endpoint === 'openai:completions' || endpoint === 'ollama:generate' ? 'completion' : 'chat'
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
