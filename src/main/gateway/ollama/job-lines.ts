import type { Job } from '#shared/jobs.ts'
import { jsonLine } from '../../engine/wire/json-text.ts'

/** A job as the line that Ollama's own /api/pull, /api/push and /api/create would send now. */
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
      return jsonLine(progress(job))
  }
}

/** True once nothing more will come of it. */
export function isOver({ state }: Job): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled' || state === 'interrupted'
}

/** Why a job failed: our words, and behind them the server's own, on which clients may match. */
export function failureText({ kind, model, error }: Job): string {
  if (error === null) return `${kind} of ${model} failed`
  const { message, detail } = error
  return detail === undefined || message.includes(detail) ? message : `${message} (${detail})`
}

/** Clients key their progress bars by digest, of which the status line holds the start. */
function progress({ phase, completedBytes, totalBytes, connectionName }: Job): object {
  const digest = /\b[0-9a-f]{12,64}\b/.exec(phase)?.[0]
  return {
    status: phase === '' ? `connecting to ${connectionName}` : phase,
    ...(digest === undefined ? {} : { digest: `sha256:${digest}` }),
    ...(totalBytes === null ? {} : { total: totalBytes }),
    ...(completedBytes === null ? {} : { completed: completedBytes }),
  }
}
