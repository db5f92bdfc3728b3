import type { Dispatcher } from 'undici'
import { EngineError, toEngineError } from '../spec/engine-error.ts'
import type { UpstreamSink } from '../spec/upstream.ts'
import { createDecoder, type Decoder } from './decode-body.ts'
import type { Lane, Lanes } from './lanes.ts'
import type { ServerIdentity } from './server-identity.ts'
import { firstByteTimeout, idleTimeout, isCutLine, transferError } from './transfer-error.ts'
import { openUpload, type UploadBody } from './upload-body.ts'

export interface ExchangeTarget {
  server: ServerIdentity
  lanes: Lanes
  /** Called once for each exchange, just before its sink hears of the end. */
  onOver(): void
}

export interface ExchangeRequest {
  method: 'GET' | 'POST' | 'DELETE' | 'HEAD'
  /** With the base URL's own path. */
  path: string
  /** Names and values in turn. */
  headers: string[]
  body: string | Uint8Array | AsyncIterable<Uint8Array> | null
  signal: AbortSignal | undefined
  firstByteMs: number
  idleMs: number
}

type Phase = 'opening' | 'uploading' | 'first-byte' | 'streaming' | 'paused' | 'over'

/**
 * One request and its answer. Keeps the time limits, undoes compression, tries once more on a new connection where a
 * reused one turned out to be closed, and frees the socket as soon as the signal aborts.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #target: ExchangeTarget
  readonly #request: ExchangeRequest
  readonly #sink: UpstreamSink
  readonly #upload: UploadBody | null
  #lane: Lane | null = null
  #controller: Dispatcher.DispatchController | null = null
  #decoder: Decoder | null = null
  #phase: Phase = 'opening'
  /** The answer has begun, so the request may not be sent again. */
  #hasBegun = false
  #hasHead = false
  #isRetry = false

  constructor(target: ExchangeTarget, request: ExchangeRequest, sink: UpstreamSink) {
    this.#target = target
    this.#request = request
    this.#sink = sink
    const { body } = request
    this.#upload = body === null || typeof body === 'string' || body instanceof Uint8Array ? null : openUpload(body)
    request.signal?.addEventListener('abort', this.#onAbort)
    this.#send()
  }

  /** Goes on after the sink returned false. */
  resume(): void {
    if (this.#decoder !== null) this.#decoder.resume()
    else this.#resumeUpstream()
  }

  /** Ends it without a word to the sink. */
  discard(): void {
    if (this.#phase !== 'over') this.#stop()
  }

  #send(): void {
    const { method, path, headers, body } = this.#request
    this.#phase = 'opening'
    this.#lane = this.#target.lanes.take({ forceNew: this.#isRetry })
    this.#lane.client.dispatch(
      // undici takes async iterables; its types leave them out.
      { method, path, headers, body: (this.#upload?.bytes ?? body) as string | Uint8Array | null },
      this,
    )
  }

  readonly #onAbort = (): void => {
    this.#fail(
      new EngineError('aborted', 'The request was cancelled.', { cause: this.#request.signal?.reason as unknown }),
    )
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#phase === 'over') {
      controller.abort(new Error('over'))
    } else if (this.#upload === null) {
      this.#phase = 'first-byte'
      this.#limit(this.#request.firstByteMs)
    } else {
      this.#phase = 'uploading'
      this.#limit(this.#request.idleMs)
    }
  }

  onBodySent(): void {
    if (this.#phase === 'uploading') this.#limit(this.#request.idleMs)
  }

  onRequestSent(): void {
    if (this.#phase !== 'uploading') return
    this.#phase = 'first-byte'
    this.#limit(this.#request.firstByteMs)
  }

  onResponseStarted(): void {
    this.#hasBegun = true
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    rawHeaders: Record<string, string | string[] | undefined>,
  ): void {
    // 1xx is news on the way, not the answer.
    if (status < 200 || this.#phase === 'over') return
    this.#hasHead = true
    if (this.#phase === 'uploading') {
      this.#phase = 'first-byte'
      this.#limit(this.#request.firstByteMs)
    }
    const headers = joined(rawHeaders)
    const encoding = headers['content-encoding']
    if (encoding !== undefined) {
      this.#decoder = createDecoder(this.#target.server, encoding, {
        data: (chunk) => this.#sink.data(chunk),
        drained: () => this.#resumeUpstream(),
        end: () => this.#end(),
        error: (error) => this.#fail(error),
      })
      if (this.#decoder !== null) {
        delete headers['content-encoding']
        delete headers['content-length']
      }
    }
    this.#sink.head({ status, headers })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#phase === 'over') return
    if (this.#phase !== 'paused') {
      this.#phase = 'streaming'
      this.#limit(this.#request.idleMs)
    }
    const goOn = this.#decoder === null ? this.#sink.data(chunk) : this.#decoder.write(chunk)
    if (!goOn && this.#isRunning()) {
      this.#phase = 'paused'
      // While the reader is slow, silence is not the server's.
      this.#lane?.deadline.clear()
      controller.pause()
    }
  }

  onResponseEnd(): void {
    if (this.#phase === 'over') return
    if (this.#lane !== null) this.#target.lanes.release(this.#lane)
    this.#lane = null
    this.#controller = null
    if (this.#decoder === null) this.#end()
    else this.#decoder.finish()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#phase === 'over') return
    const lane = this.#lane
    const wasReused = lane !== null && !lane.fresh
    if (wasReused && !this.#isRetry && !this.#hasBegun && this.#upload === null && isCutLine(error)) {
      this.#target.lanes.drop(lane)
      this.#isRetry = true
      this.#controller = null
      this.#send()
      return
    }
    const sourceFailure = this.#upload?.failure() ?? null
    this.#fail(
      sourceFailure === null
        ? transferError(this.#target.server, error, this.#hasHead ? 'head' : 'nothing')
        : toEngineError(sourceFailure),
    )
  }

  #isRunning(): boolean {
    return this.#phase !== 'over'
  }

  #resumeUpstream(): void {
    if (this.#phase !== 'paused') return
    this.#phase = 'streaming'
    this.#limit(this.#request.idleMs)
    const controller = this.#controller
    // undici's parser may not be entered again from within a callback of another answer's parser.
    if (controller !== null) queueMicrotask(() => controller.resume())
  }

  #end(): void {
    if (this.#phase === 'over') return
    this.#stop()
    this.#sink.end()
  }

  #fail(error: EngineError): void {
    if (this.#phase === 'over') return
    this.#stop()
    this.#sink.error(error)
  }

  /** Frees everything that it holds. */
  #stop(): void {
    this.#phase = 'over'
    this.#request.signal?.removeEventListener('abort', this.#onAbort)
    this.#upload?.close()
    this.#decoder?.close()
    this.#controller?.abort(new Error('over'))
    this.#controller = null
    if (this.#lane !== null) this.#target.lanes.drop(this.#lane)
    this.#lane = null
    this.#target.onOver()
  }

  /** Something must move within this many ms. */
  #limit(ms: number): void {
    this.#lane?.deadline.set(ms, this.#onDeadline)
  }

  readonly #onDeadline = (): void => {
    if (this.#phase === 'over') return
    const { server } = this.#target
    this.#fail(
      this.#phase === 'first-byte'
        ? firstByteTimeout(server, this.#request.firstByteMs)
        : idleTimeout(server, this.#request.idleMs, this.#phase === 'uploading'),
    )
  }
}

/** Header values as one text each. The table is the client's own, made for this answer. */
function joined(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'object') headers[name] = value.join(', ')
    else if (value === undefined) delete headers[name]
  }
  return headers as Record<string, string>
}
