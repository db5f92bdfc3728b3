import { remembered } from '#shared/remembered.ts'
import type { Caller, PassThroughInput, PassThroughSink } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { PassThroughRequest } from '../spec/provider-adapter.ts'
import type { Upstream, UpstreamHead, UpstreamRequest, UpstreamSink } from '../spec/upstream.ts'
import { endsAsJson, looksLikeAnswer, shapeOf } from './answer-shape.ts'
import { AnswerTail } from './answer-tail.ts'
import type { Attempts } from './attempts.ts'
import { errorInFirstChunk, hasOnlyComments, type ReadReported } from './error-in-first-chunk.ts'
import type { MisshapenAnswers } from './misshapen-answers.ts'

/** What is read of a refusal, bytes. */
const MAX_REFUSAL = 64 * 1024
/** What is kept back of an answer in one piece until it is whole, bytes: nobody can use half of it, but another holder may do better. */
const MAX_KEPT_BACK = 1024 * 1024
/** Comments before a stream that are held back until something follows them, bytes. */
const MAX_COMMENTS = 64 * 1024
/** What is kept and shown of what was no answer, bytes and characters. */
const MAX_EXCERPT = 8 * 1024
const MAX_QUOTED = 300
const NOBODY: ReadonlySet<string> = new Set()

/** The request that an attempt belongs to. */
export interface Passage {
  readonly parts: {
    input: PassThroughInput
    caller: Caller
    sink: PassThroughSink
    attempts: Attempts
    misshapen: MisshapenAnswers
  }
  /** Why nobody wants the answer any more. */
  readonly cancelled: EngineError | null
  /** All bytes were given to the sink. */
  finished(tail: AnswerTail): void
  /** Another way has to be found, past these connections. */
  leave(excluding: ReadonlySet<string>): void
  /** Before the first byte went to the caller: another attempt, another way, or the end. */
  failedEarly(thrown: unknown): void
  failedForGood(error: EngineError, tail: AnswerTail | null): void
}

/** One attempt of the fast path: what its upstream sends becomes the answer, a refusal, or the reason to go on elsewhere. */
export class PassedAttempt implements UpstreamSink {
  readonly #passage: Passage
  readonly #upstream: Upstream
  readonly #readReported: ReadReported | undefined
  readonly #tail: AnswerTail
  #running: { resume(): void; discard(): void } | null = null
  #head: UpstreamHead | null = null
  /** The caller has the head. */
  #begun = false
  #over = false
  #isRefusal = false
  /** A refusal, an answer in one piece until it is whole, or comments before a stream. */
  #kept: Buffer[] = []
  #keptBytes = 0

  constructor(passage: Passage, upstream: Upstream, readReported: ReadReported | undefined) {
    this.#passage = passage
    this.#upstream = upstream
    this.#readReported = readReported
    this.#tail = new AnswerTail(passage.parts.input)
  }

  start({ path, body, headers }: PassThroughRequest, key: number): void {
    const { input, caller } = this.#passage.parts
    const request: UpstreamRequest = { method: 'POST', path, body: body ?? input.raw, key }
    if (headers !== undefined) request.headers = headers
    if (caller.context !== undefined) request.context = caller.context
    this.#running = this.#upstream.dispatch(request, this)
    if (this.#over) this.#running.discard()
  }

  resume(): void {
    this.#running?.resume()
  }

  /** Nobody wants the answer any more. */
  cancel(reason: EngineError): void {
    if (this.#over) return
    this.#running?.discard()
    this.error(reason)
  }

  head(head: UpstreamHead): void {
    if (this.#over) return
    this.#head = head
    if (head.status >= 300) {
      this.#isRefusal = true
      return
    }
    const type = head.headers['content-type'] ?? ''
    if (!isWebPage(type)) return
    this.#giveUp()
    const { title } = this.#upstream
    const message = `${title} sent a web page (${type}) instead of an answer. Check its address.`
    this.#passage.failedEarly(new EngineError('upstream_error', message, { retryable: true }))
  }

  data(chunk: Buffer): boolean {
    if (this.#over) return true
    if (this.#begun) {
      this.#tail.add(chunk)
      return this.#passage.parts.sink.data(chunk)
    }
    const isFirst = this.#keptBytes === 0
    if (!this.#isRefusal && this.#passage.parts.input.stream && isFirst && !hasOnlyComments(chunk)) {
      return this.#beginWith(chunk)
    }
    this.#kept.push(chunk)
    this.#keptBytes += chunk.length
    if (this.#isRefusal) {
      if (this.#keptBytes > MAX_REFUSAL) this.#refused()
      return true
    }
    if (this.#passage.parts.input.stream) return this.#isWaiting() || this.#beginWith(this.#takeKept())
    return this.#keptBytes < MAX_KEPT_BACK || this.#beginWith(this.#takeKept())
  }

  end(): void {
    if (this.#over) return
    if (this.#isRefusal) {
      this.#refused()
      return
    }
    const { input, attempts } = this.#passage.parts
    if (!this.#begun && this.#keptBytes > 0) {
      const kept = this.#takeKept()
      // A stream of nothing but comments never began.
      if (!input.stream) {
        if (shapeOf(kept, input) === 'whole' && !endsAsJson(kept)) this.#failedAs(kept)
        else this.#beginWith(kept)
        if (!this.#begun) return
      }
    }
    this.#over = true
    const { title } = this.#upstream
    if (!this.#begun) {
      const message = `${title} ended its answer before it began.`
      this.#passage.failedEarly(new EngineError('upstream_error', message, { retryable: true }))
      return
    }
    attempts.left()
    if (!this.#tail.brokeOff()) {
      this.#passage.finished(this.#tail)
      return
    }
    const message = `${title} broke its answer off before it was finished.`
    this.#passage.failedForGood(new EngineError('upstream_error', message, { retryable: true }), this.#tail)
  }

  error(thrown: Error): void {
    if (this.#over) return
    this.#over = true
    const passage = this.#passage
    if (!this.#begun) {
      passage.failedEarly(passage.cancelled ?? thrown)
      return
    }
    const { attempts } = passage.parts
    const error = attempts.cleaned(thrown)
    attempts.failed(error, false)
    passage.failedForGood(error, this.#tail)
  }

  /** The server says that it is there, but not yet what it has to say: another one may still take over. */
  #isWaiting(): boolean {
    return this.#keptBytes < MAX_COMMENTS && hasOnlyComments(Buffer.concat(this.#kept))
  }

  /** Wants no more of this attempt. */
  #giveUp(): void {
    this.#over = true
    this.#running?.discard()
  }

  #takeKept(): Buffer {
    const [first] = this.#kept
    const bytes = this.#kept.length === 1 && first !== undefined ? first : Buffer.concat(this.#kept, this.#keptBytes)
    this.#kept = []
    this.#keptBytes = 0
    return bytes
  }

  #refused(): void {
    this.#giveUp()
    const passage = this.#passage
    const { status, headers } = this.#head ?? { status: 502, headers: {} }
    const failed = (error: unknown): void => passage.failedEarly(passage.cancelled ?? error)
    void this.#upstream
      .httpError({ status, headers, body: once(this.#takeKept()), discard: () => {} }, passage.parts.caller.context)
      .then(failed, failed)
  }

  #begin(): void {
    const { attempts, input, sink } = this.#passage.parts
    this.#begun = true
    attempts.answered()
    sink.route(attempts.route)
    if (this.#head !== null) sink.head(input.stream ? asStream(this.#head, input) : this.#head)
  }

  /** It answers in the other shape than it was asked for: the reading path knows what to make of that. */
  #leave(bytes: Buffer): void {
    this.#giveUp()
    const { attempts, input, misshapen } = this.#passage.parts
    const { connectionId, upstreamModel } = attempts.route
    const { endpoint, stream } = input
    if (looksLikeAnswer(bytes)) misshapen.cameTo({ connectionId, upstreamModel, endpoint, stream })
    attempts.left()
    this.#passage.leave(NOBODY)
  }

  /** Status 200, and yet no answer: another holder may do better. */
  #failedAs(bytes: Buffer): void {
    this.#giveUp()
    const { title, config } = this.#upstream
    const bodyExcerpt = bytes.subarray(0, MAX_EXCERPT).toString('utf8')
    const message = `${title} sent something else than an answer: ${bodyExcerpt.trim().slice(0, MAX_QUOTED)}`
    const upstream = { provider: config.provider, status: 200, bodyExcerpt }
    this.#passage.failedEarly(new EngineError('upstream_error', message, { retryable: true, upstream }))
  }

  /** Gives the first bytes to the caller, unless they are an error: then the attempt is over. As `data`. */
  #beginWith(bytes: Buffer): boolean {
    const { title, config } = this.#upstream
    const failure = errorInFirstChunk(bytes, title, config.provider, this.#readReported)
    if (failure !== null) {
      this.#giveUp()
      this.#passage.failedEarly(failure)
      return true
    }
    const { input } = this.#passage.parts
    const shape = shapeOf(bytes, input)
    if (shape !== null && shape !== (input.stream ? 'stream' : 'whole')) {
      if (shape === 'other') this.#failedAs(bytes)
      else this.#leave(bytes)
      return true
    }
    this.#begin()
    this.#tail.add(bytes)
    return this.#passage.parts.sink.data(bytes)
  }
}

/** Upstreams know few types, and name one with every answer. */
const isWebPage = remembered(1_000, (type) => /html|xml/i.test(type))
const isWholeJson = remembered(1_000, (type) => /^application\/json\b/i.test(type))

/** Clients go by the type; some servers say that it is one piece of JSON and then send a stream. */
function asStream(head: UpstreamHead, { endpoint }: PassThroughInput): UpstreamHead {
  const type = head.headers['content-type']
  if (type === undefined || !isWholeJson(type)) return head
  const itsType = endpoint.startsWith('ollama:') ? 'application/x-ndjson' : 'text/event-stream'
  return { ...head, headers: { ...head.headers, 'content-type': itsType } }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
