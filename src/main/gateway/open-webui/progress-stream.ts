import { rm } from 'node:fs/promises'
import type { Job } from '#shared/jobs.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { jsonLine } from '../../engine/wire/json-text.ts'
import type { Exchange } from '../exchange.ts'
import { jobChanges, jobError, jobHeaders } from '../ollama/follow-job.ts'
import { drained, logError, write } from '../respond.ts'
import { forClient } from '../run-answer.ts'

/** Tells a client how far something is, in Open WebUI's server-sent events. */
export interface ProgressStream {
  /** Bytes; `total` null if it is not known. */
  progress(completed: number, total: number | null): Promise<void>
  say(event: object): Promise<void>
}

/** Runs work whose client follows its progress. Once something was said, a failure is an `error` event. */
export function withProgress(
  exchange: Exchange,
  work: (stream: ProgressStream, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { res } = exchange

  async function say(event: object): Promise<void> {
    if (res.destroyed) return
    if (!res.headersSent) res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
    if (!write(exchange, `data: ${jsonLine(event)}\n\n`)) await drained(exchange)
  }

  const stream: ProgressStream = {
    say,
    progress(completed, total) {
      const share = total === null || total === 0 ? {} : { progress: Math.round((completed / total) * 10_000) / 100 }
      return say({ ...share, completed, ...(total === null ? {} : { total }) })
    },
  }
  return forClient(
    exchange,
    async (signal) => {
      await work(stream, signal)
      res.end()
    },
    (error) => {
      if (!res.headersSent) return false
      logError(exchange, error)
      res.end(`data: ${jsonLine({ error: error.message })}\n\n`)
      return true
    },
  )
}

/** A GGUF file on this disk that becomes a model of an Ollama server. */
export interface NewModel {
  connectionId: string
  name: string
  path: string
  /** As it was sent; on this disk it has a name of ours. */
  fileName: string
  /** `sha256:…` */
  digest: string
}

/** Uploads the file and creates its model, as a job; the file goes with it. Tells the end as Open WebUI does. */
export async function createFromFile(
  exchange: Exchange,
  { connectionId, name, path, fileName, digest }: NewModel,
  stream: ProgressStream,
  signal: AbortSignal,
): Promise<void> {
  const { jobs } = exchange.gateway.engine
  let last: Job
  try {
    last = jobs.upload({ connectionId, model: name, path, fileName, removeFileAfterwards: true })
  } catch (error) {
    // Only a job removes its file.
    await rm(path, { force: true })
    throw error
  }
  if (!exchange.res.headersSent) {
    for (const [header, value] of Object.entries(jobHeaders(last))) exchange.res.setHeader(header, value)
  }
  for await (const change of jobChanges(exchange, last, signal)) {
    last = change
    if (change.completedBytes !== null) await stream.progress(change.completedBytes, change.totalBytes)
  }
  if (last.state === 'interrupted')
    throw new EngineError('shutting_down', `${name} goes on when Switchyard starts again.`)
  if (last.state !== 'done') throw jobError(exchange, last)
  await stream.say({ done: true, blob: digest, name, model_created: name })
}
