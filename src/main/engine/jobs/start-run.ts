import type { Clock } from '../spec/clock.ts'
import type { ConnectionSet } from '../spec/connections.ts'
import type { Logger } from '../spec/engine.ts'
import type { EngineError } from '../spec/engine-error.ts'
import { createByteProgress } from './byte-progress.ts'
import type { JobRecord } from './job-record.ts'
import { ollamaConnection } from './ollama-connection.ts'
import type { JobRun } from './persevere.ts'
import { wait } from './waiting.ts'

/** A look at the server's models after a job may hold up its end for so long, ms. */
const REFRESH_MS = 5_000

export interface RunSurroundings {
  connectionSet: ConnectionSet
  clock: Clock
  log: Logger
  catalogRefresh(connectionId: string): Promise<void>
  random(): number
}

/** A run of a job from where it is. `abort` ends it with a reason; `hurry` ends a wait for its next try. */
export function startRun(
  record: JobRecord,
  surroundings: RunSurroundings,
): { run: JobRun; abort(reason: EngineError): void; hurry(): void } {
  const { connectionSet, clock, log, catalogRefresh, random } = surroundings
  const { connectionId } = record.input
  const controller = new AbortController()
  const before = record.job()
  record.update({
    state: 'running',
    startedAt: before.startedAt ?? clock.now(),
    attempts: before.attempts + 1,
  })
  const run: JobRun = {
    record: onlyUntil(record, controller.signal),
    progress: createByteProgress(record.checkpoint.layers, clock.monotonic()),
    phases: new Set(),
    signal: controller.signal,
    clock,
    random,
    upstream: () => ollamaConnection(connectionSet, connectionId).upstream,
    async refreshCatalog() {
      const limit = wait(clock, REFRESH_MS, new AbortController().signal)
      run.hurry = limit.hurry
      try {
        await Promise.race([catalogRefresh(connectionId), limit.over])
      } catch (error) {
        log.warn({ err: error, connectionId }, 'the models of a connection could not be looked at after a job')
      } finally {
        run.hurry = null
        limit.hurry()
      }
    },
    hurry: null,
  }
  return { run, abort: (reason) => controller.abort(reason), hurry: () => run.hurry?.() }
}

/** A record that an aborted run cannot change any more: another run may go on with it. */
function onlyUntil(record: JobRecord, signal: AbortSignal): JobRecord {
  return {
    ...record,
    update(patch) {
      if (!signal.aborted) record.update(patch)
    },
  }
}
