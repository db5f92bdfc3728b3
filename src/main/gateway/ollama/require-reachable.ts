import type { Job } from '#shared/jobs.ts'
import { isSameName } from '#shared/model-name.ts'
import type { Connection } from '../../engine/spec/connections.ts'
import { isEngineError } from '../../engine/spec/engine-error.ts'
import type { Exchange } from '../exchange.ts'
import { isOver } from './job-lines.ts'
import { upstreamOf } from './upstream-of.ts'

/** A server that takes longer to say its version is there, ms. */
const ASK_MS = 1_000

/**
 * Throws why a server cannot be reached. A job for it would be tried again for minutes, while who asked waits for a first
 * byte. Work that is under way already is joined, whatever its server does: the job knows how to wait.
 */
export async function requireReachable(
  exchange: Exchange,
  connection: Connection,
  work: Pick<Job, 'kind' | 'model'>,
  signal: AbortSignal,
): Promise<void> {
  const { jobs } = exchange.gateway.engine
  const isJoined = jobs.list().some((job) => !isOver(job) && job.connectionId === connection.id && isSame(job, work))
  if (isJoined) return
  try {
    await upstreamOf(connection).json({
      method: 'GET',
      path: '/api/version',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]),
    })
  } catch (error) {
    signal.throwIfAborted()
    const isGone = isEngineError(error) && error.code === 'upstream_unavailable' && error.upstream?.status === undefined
    if (isGone) throw error
  }
}

function isSame(left: Pick<Job, 'kind' | 'model'>, right: Pick<Job, 'kind' | 'model'>): boolean {
  return left.kind === right.kind && isSameName(left.model, right.model)
}
