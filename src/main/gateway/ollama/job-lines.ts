import type { Job } from '#shared/jobs.ts'
import type { JobLayer } from '../../engine/spec/jobs.ts'
import { jsonLine } from '../../engine/wire/json-text.ts'
import { ollamaErrorOf } from '../../engine/wire/ollama/upstream-errors.ts'

/**
 * What one client is to be told at each change of a job, in lines as Ollama's own and in the server's order: the steps
 * since the last change, the layers of which it does not know the figures yet, and behind them what is being done. Clients
 * keep a progress bar per digest. Who joins a running job is not told the steps from before.
 */
export function createJobLines(): (job: Job, layers: readonly JobLayer[], steps?: readonly string[]) => string[] {
  const told = new Map<string, string>()
  let known: number | null = null
  let last = ''
  return (job, layers, steps = []) => {
    const current = isAtWork(job) ? layers.findLast(({ status }) => status === job.phase) : undefined
    const news: { at: number; line: string }[] = []
    for (const layer of layers) {
      const line = layerLine(layer)
      if (told.get(layer.digest) === line) continue
      told.set(layer.digest, line)
      if (layer !== current) news.push({ at: steps.lastIndexOf(layer.status), line })
    }
    for (let at = known ?? steps.length; at < steps.length; at++) {
      const status = steps[at] ?? ''
      if (layers.every((layer) => layer.status !== status)) news.push({ at, line: jsonLine({ status }) })
    }
    known = steps.length
    const lines = news.sort((left, right) => left.at - right.at).map(({ line }) => line)
    const now = current === undefined ? jobLine(job) : layerLine(current)
    if (now !== (lines.at(-1) ?? last)) lines.push(now)
    last = now
    return lines
  }
}

/** A job as the line that Ollama's own /api/pull, /api/push and /api/create would send now, but for the layers. */
export function jobLine(job: Job): string {
  switch (job.state) {
    case 'done':
      return jsonLine({ status: 'success' })
    case 'failed':
      return jsonLine({ error: failureText(job) })
    case 'cancelled':
      return jsonLine({ error: `${job.kind} of ${job.model} was cancelled` })
    case 'interrupted':
      return jsonLine({ error: `${job.kind} of ${job.model} was interrupted; it goes on when Switchyard starts again` })
    case 'queued':
      return jsonLine({ status: 'waiting for other downloads' })
    case 'retrying':
      return jsonLine({ status: `the line broke, trying again: ${job.error?.message ?? 'no answer'}` })
    case 'running':
    case 'stalled':
      return jsonLine({ status: job.phase === '' ? `connecting to ${job.connectionName}` : job.phase })
  }
}

/** True once nothing more will come of it. */
export function isOver({ state }: Job): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled' || state === 'interrupted'
}

/** Why a job failed: our words, and behind them the server's own, on which clients may match. */
export function failureText({ kind, model, error }: Job): string {
  if (error === null) return `${kind} of ${model} failed`
  const { message } = error
  const detail = error.detail === undefined ? undefined : (ollamaErrorOf(error.detail) ?? error.detail)
  return detail === undefined || message.includes(detail) ? message : `${message} (${detail})`
}

function isAtWork({ state }: Job): boolean {
  return state === 'running' || state === 'stalled'
}

function layerLine({ status, digest, total, completed }: JobLayer): string {
  return jsonLine({ status, digest, total, ...(completed === null ? {} : { completed }) })
}
