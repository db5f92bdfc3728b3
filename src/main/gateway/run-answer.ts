import { batchesOf } from '../engine/spec/batched.ts'
import type { ChatRun } from '../engine/spec/engine.ts'
import { EngineError } from '../engine/spec/engine-error.ts'
import { collectAnswer, endedWithoutFinish, type WholeAnswer } from '../engine/wire/collect-answer.ts'
import type { StreamEncoder } from '../engine/wire/stream-encoder.ts'
import type { Exchange } from './exchange.ts'
import { GatheredText } from './gathered-text.ts'
import { drained, failureOf, logError, sendError, write } from './respond.ts'
import { routeHeaders } from './route-headers.ts'

type Start = (signal: AbortSignal) => Promise<ChatRun>

/**
 * Runs work for a client with a signal that aborts when the client leaves or the gateway closes. The work's failure is
 * answered as an error, or by `onFailure` if it says that it did.
 */
export async function forClient(
  exchange: Exchange,
  work: (signal: AbortSignal) => Promise<void>,
  onFailure?: (error: EngineError) => boolean,
): Promise<void> {
  const { res, gateway } = exchange
  const controller = new AbortController()
  const { signal } = controller
  const onClose = (): void => {
    if (!res.writableFinished) controller.abort(new EngineError('aborted', 'The client closed the connection.'))
  }
  res.once('close', onClose)
  const slot = gateway.running.add(controller)
  try {
    if (res.destroyed) onClose()
    signal.throwIfAborted()
    await work(signal)
  } catch (thrown) {
    const error = failureOf(thrown, signal)
    if (res.destroyed) logError(exchange, error)
    else if (onFailure?.(error) !== true) sendError(exchange, error)
  } finally {
    gateway.running.delete(slot)
    res.off('close', onClose)
  }
}

/** Reads a whole answer and then sends it. */
export function sendWholeAnswer(
  exchange: Exchange,
  start: Start,
  send: (answer: WholeAnswer, headers: Record<string, string>) => void,
): Promise<void> {
  return forClient(exchange, async (signal) => {
    const run = await start(signal)
    exchange.routed = run
    const answer = await collectAnswer(run.parts)
    send(answer, routeHeaders(run.route))
  })
}

/**
 * Streams an answer as its parts come. The status line waits for the first part, so that a request which fails early
 * gets its proper status; when that takes long, headers go out and the client gets signs of life.
 */
export async function streamAnswer(exchange: Exchange, encoder: StreamEncoder, start: Start): Promise<void> {
  const { res, gateway } = exchange
  const gathered = new GatheredText(exchange)
  let run: ChatRun | null = null
  let keepAlive: NodeJS.Timeout | undefined

  function commit(): void {
    if (res.headersSent || res.destroyed) return
    res.writeHead(200, {
      ...(run === null ? {} : routeHeaders(run.route)),
      'Content-Type': encoder.contentType,
      'Cache-Control': 'no-cache',
      'X-Accel-Buffering': 'no',
    })
  }
  function waitOn(): void {
    commit()
    res.flushHeaders()
    keepAlive = setInterval(() => {
      if (!res.destroyed && !res.writableNeedDrain) write(exchange, encoder.keepAlive())
    }, gateway.timing.keepAliveMs)
  }
  const slow = setTimeout(waitOn, gateway.timing.commitAfterMs)
  function stopWaiting(): void {
    clearTimeout(slow)
    clearInterval(keepAlive)
  }

  await forClient(
    exchange,
    async (signal) => {
      try {
        const started = await start(signal)
        run = started
        exchange.routed = started
        let finished = false
        for await (const batch of batchesOf(run.parts)) {
          signal.throwIfAborted()
          let text = ''
          let failure: EngineError | null = null
          for (const part of batch) {
            if (part.type === 'error') failure = part.error
            else if (part.type !== 'progress') text += encoder.encode(part)
            finished ||= part.type === 'finish'
          }
          if (text !== '') {
            stopWaiting()
            commit()
            gathered.add(text)
            if (res.writableNeedDrain) await drained(exchange)
          }
          if (failure !== null) throw failure
        }
        if (!finished) throw endedWithoutFinish()
        res.end(gathered.take())
      } finally {
        stopWaiting()
      }
    },
    (error) => {
      if (!res.headersSent) return false
      logError(exchange, error)
      res.end(gathered.take() + encoder.error(error))
      return true
    },
  )
}
