import type { Job } from '#shared/jobs.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { CREATING, type Jobs } from '../../engine/spec/jobs.ts'
import { jsonLine } from '../../engine/wire/json-text.ts'
import { NDJSON_CONTENT_TYPE } from '../../engine/wire/ollama/answer-stream.ts'
import type { Exchange } from '../exchange.ts'
import { drained, logError, sendJson, write } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { createJobLines, failureText, isOver } from './job-lines.ts'

/**
 * Starts a job and tells the client how it goes, in Ollama's NDJSON. A client that leaves does not end the job: the
 * same request joins it again. Without `stream` one object comes at the end. What the server refuses at once is answered
 * with its status.
 */
export function followJob(
  exchange: Exchange,
  stream: boolean,
  start: (signal: AbortSignal) => Promise<Job> | Job,
): Promise<void> {
  return forClient(
    exchange,
    async (signal) => {
      const job = await start(signal)
      if (stream) return streamJob(exchange, job, signal)
      const end = await endOf(exchange, job, signal)
      if (end.state !== 'done') throw jobError(exchange, end)
      sendJson(exchange, 200, { status: 'success' }, jobHeaders(end))
    },
    (error) => {
      if (!exchange.res.headersSent) return false
      logError(exchange, error)
      exchange.res.end(`${jsonLine({ error: error.message })}\n`)
      return true
    },
  )
}

/** Each change of a job, from how it is now to its end. Ends early only with the signal. */
export async function* jobChanges(exchange: Exchange, job: Job, signal: AbortSignal): AsyncGenerator<Job> {
  const { jobs } = exchange.gateway.engine
  let last = job
  yield last
  if (isOver(last)) return
  for await (const change of jobs.follow(job.id, signal)) {
    last = change
    yield last
  }
  signal.throwIfAborted()
  // It may have ended between its start and the first look at it.
  const end = jobs.get(job.id)
  if (!isOver(last) && end !== null) yield end
}

/**
 * What a job that did not end well is as an error: its server's refusal as that is told everywhere, else a 500 as in
 * Ollama, whatever the reason.
 */
export function jobError({ gateway }: Exchange, job: Job): EngineError {
  const refusal = refusalOf(gateway.engine.jobs, job)
  if (refusal !== null) return refusal
  if (job.error !== null) return new EngineError('upstream_error', failureText(job), { status: 500 })
  return new EngineError('aborted', `The ${job.kind} of ${job.model} was cancelled.`, { status: 409 })
}

export function jobHeaders(job: Job): Record<string, string> {
  return { 'X-Switchyard-Connection': job.connectionId, 'X-Switchyard-Job': job.id }
}

async function endOf(exchange: Exchange, job: Job, signal: AbortSignal): Promise<Job> {
  let last = job
  for await (const change of jobChanges(exchange, job, signal)) last = change
  return last
}

/** The answer other than 2xx by which its server refused a job; null for every other end. */
function refusalOf(jobs: Jobs, job: Job): EngineError | null {
  const failure = job.state === 'failed' ? jobs.failure(job.id) : null
  return failure?.upstream?.status === undefined ? null : failure
}

async function streamJob(exchange: Exchange, job: Job, signal: AbortSignal): Promise<void> {
  const { res, gateway } = exchange
  const { jobs } = gateway.engine
  const linesFor = createJobLines()
  let line = ''

  function commit(): void {
    if (res.headersSent || res.destroyed) return
    res.writeHead(200, { ...jobHeaders(job), 'Content-Type': NDJSON_CONTENT_TYPE, 'Cache-Control': 'no-cache' })
  }
  // The last line again: what a client or a proxy in between needs to see that somebody is there.
  function repeat(): void {
    if (line === '' || res.destroyed || res.writableNeedDrain) return
    commit()
    write(exchange, `${line}\n`)
  }
  const slow = setTimeout(repeat, gateway.timing.commitAfterMs)
  const keepAlive = setInterval(repeat, gateway.timing.keepAliveMs)
  try {
    for await (const change of jobChanges(exchange, job, signal)) {
      const lines = linesFor(change, jobs.layers(change.id), jobs.steps(change.id))
      line = lines.at(-1) ?? line
      if (!res.headersSent) {
        const refusal = refusalOf(jobs, change)
        if (refusal !== null) throw refusal
        if (isUnanswered(change)) continue
        clearTimeout(slow)
        commit()
      }
      for (const next of lines) {
        if (!write(exchange, `${next}\n`)) await drained(exchange)
      }
    }
  } finally {
    clearTimeout(slow)
    clearInterval(keepAlive)
  }
  res.end()
}

/** True while the server has not said a word: it may still refuse. */
function isUnanswered({ state, phase }: Job): boolean {
  return state === 'running' && (phase === '' || phase === CREATING)
}
