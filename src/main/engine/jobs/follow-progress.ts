import { EngineError } from '../spec/engine-error.ts'
import { FinalFailure, streamFailure } from './failures.ts'
import { type Attempt, MOVING_PATIENCE_MS, QUIET_PATIENCE_MS } from './persevere.ts'
import { progressLines } from './progress-lines.ts'

/** What is kept of a server's reason, characters. */
const MAX_REASON = 8_192
const MAX_PHASE = 300
/** Silence is judged by the attempt, which knows what is being done; the line itself may rest this long, ms. */
const IDLE_MS = 3_600_000

/** What a server does without a word for as long as it takes. */
const QUIET_WHILE_MOVING = /^(verifying|writing|removing|success)/i
const MOVING_WHILE_CREATING = /^pulling/i

/**
 * Sends one of Ollama's long requests and reports its progress. Resolves at the `success` line, and only there; throws
 * the reason of an `error` line, or `upstream_error` if the answer ends before its time.
 */
export async function followProgress(
  attempt: Attempt,
  path: '/api/pull' | '/api/push' | '/api/create',
  body: object,
): Promise<void> {
  const { upstream, signal } = attempt
  const response = await upstream.open({
    method: 'POST',
    path,
    body: JSON.stringify(body),
    signal,
    idleMs: IDLE_MS,
  })
  try {
    if (/^text\/html\b/i.test(response.headers['content-type'] ?? '')) throw webPage(upstream.title)
    for await (const { status, error, digest, total, completed } of progressLines(response.body)) {
      if (error !== null) throw streamFailure(upstream.title, reasonIn(upstream.blot(error)))
      const phase = status?.slice(0, MAX_PHASE) ?? null
      if (phase !== null && digest !== null && total !== null)
        attempt.layer({ status: phase, digest, total, completed })
      if (phase !== null) attempt.phase(phase, patience(path, phase))
      if (digest !== null && total !== null) attempt.bytes(digest, Math.min(completed ?? 0, total), total)
      if (status === 'success') return
    }
  } finally {
    response.discard()
  }
  throw new EngineError('upstream_error', `${upstream.title} ended its answer before it was done.`)
}

/** A server's reason, bounded; our secrets are already out of it. */
function reasonIn(told: string): string {
  return told.trim() === '' ? 'it gave no reason' : told.slice(0, MAX_REASON)
}

function webPage(title: string): FinalFailure {
  const message = `${title} answered with a web page where Ollama reports progress. Check its address.`
  return new FinalFailure(new EngineError('upstream_error', message))
}

function patience(path: string, status: string): number {
  const moving = path === '/api/create' ? MOVING_WHILE_CREATING.test(status) : !QUIET_WHILE_MOVING.test(status)
  return moving ? MOVING_PATIENCE_MS : QUIET_PATIENCE_MS
}
