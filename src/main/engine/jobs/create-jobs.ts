import { randomUUID } from 'node:crypto'
import type { Job } from '#shared/jobs.ts'
import type { Clock } from '../spec/clock.ts'
import type { ConnectionSet } from '../spec/connections.ts'
import type { Logger } from '../spec/engine.ts'
import { EngineError, toPublicError } from '../spec/engine-error.ts'
import type { Jobs } from '../spec/jobs.ts'
import type { JobsStore } from '../storage/index.ts'
import { modelSources } from '../wire/modelfile/model-sources.ts'
import { parseModelfile } from '../wire/modelfile/parse-modelfile.ts'
import { createChangeFeed } from './change-feed.ts'
import { canResume, expired, removeSentFile } from './ended-jobs.ts'
import { judge } from './failures.ts'
import { followJob } from './follow-job.ts'
import { type JobCheckpoint, type JobInput, modelName } from './job-input.ts'
import { createJobRecord, type JobRecord } from './job-record.ts'
import { hasEnded } from './job-state.ts'
import { createLanes } from './lanes.ts'
import { loadJobs } from './load-jobs.ts'
import { ollamaConnection } from './ollama-connection.ts'
import { runJob } from './run-job.ts'
import { sameWork } from './same-work.ts'
import { type RunSurroundings, startRun } from './start-run.ts'

/** Jobs that run at once on one connection. */
const AT_ONCE = 3
/** Jobs that may run or wait; beyond, new ones are refused. */
const MAX_ACTIVE = 1_000

export interface JobsOptions {
  records: JobsStore
  connectionSet: ConnectionSet
  clock: Clock
  log: Logger
  /** Looks at a connection's models again. */
  catalogRefresh(connectionId: string): Promise<void>
  /** 0..1, to spread tries; tests give their own. */
  random?: () => number
}

interface Entry {
  readonly record: JobRecord
  /** The run that counts; an older one that still unwinds is not it. */
  run: { abort(reason: EngineError): void; hurry(): void; succeeded: boolean } | null
  failure: EngineError | null
}

/** The engine's jobs. Those that ran or waited when Switchyard ended go on at once. */
export function createJobs(options: JobsOptions): Jobs {
  const { records, connectionSet, clock, log } = options
  const surroundings: RunSurroundings = { ...options, random: options.random ?? Math.random }
  const entries = new Map<string, Entry>()
  const feed = createChangeFeed(clock)
  const lanes = createLanes(AT_ONCE, (error) => log.error({ err: error }, 'a job failed in a way that nobody foresaw'))
  const closing = new AbortController()

  function addEntry(job: Job, input: JobInput, checkpoint: JobCheckpoint): Entry {
    const record = createJobRecord({ job, input, checkpoint, records, clock, log, onChange: feed.tell })
    const entry: Entry = { record, run: null, failure: null }
    entries.set(job.id, entry)
    return entry
  }

  function begin(input: JobInput): Job {
    refuseWhenClosing()
    const { connection } = ollamaConnection(connectionSet, input.connectionId)
    const active = [...entries.values()].filter(({ record }) => !hasEnded(record.job()))
    const same = active.find(({ record }) => sameWork(record.input, input))
    if (same !== undefined) return same.record.job()
    if (active.length >= MAX_ACTIVE) {
      throw new EngineError('queue_full', `${MAX_ACTIVE} jobs run or wait already. Try again when some have ended.`)
    }
    const job: Job = {
      id: randomUUID(),
      kind: input.kind,
      connectionId: input.connectionId,
      connectionName: connection.name,
      model: 'model' in input ? input.model : '',
      state: 'queued',
      phase: '',
      completedBytes: null,
      totalBytes: null,
      bytesPerSecond: null,
      secondsLeft: null,
      attempts: 0,
      retryAt: null,
      createdAt: clock.now(),
      startedAt: null,
      progressAt: null,
      endedAt: null,
      canResume: true,
      error: null,
      items: [],
    }
    const checkpoint: JobCheckpoint = { layers: {}, files: {}, digests: {} }
    // Before anything runs: what is promised is kept.
    records.add({ job, input, checkpoint })
    const entry = addEntry(job, input, checkpoint)
    feed.tell(job)
    queue(entry)
    prune()
    return entry.record.job()
  }

  function queue(entry: Entry): void {
    const { record } = entry
    entry.failure = null
    const items = record
      .job()
      .items.map((item) => (item.state === 'done' ? item : { ...item, state: 'queued' as const }))
    record.update({ state: 'queued', canResume: true, error: null, endedAt: null, retryAt: null, items })
    lanes.add(record.input.connectionId, record.id, () => work(entry))
  }

  async function work(entry: Entry): Promise<void> {
    const { record } = entry
    const started = startRun(record, surroundings)
    const run = { abort: started.abort, hurry: started.hurry, succeeded: false }
    entry.run = run
    try {
      await runJob(started.run)
      run.succeeded = true
      await started.run.refreshCatalog()
      if (entry.run === run) end(entry, 'done', null)
    } catch (thrown) {
      if (entry.run === run) end(entry, 'failed', judge(thrown, record.job().connectionName).error)
    } finally {
      if (entry.run === run) entry.run = null
    }
  }

  function end(entry: Entry, state: 'done' | 'failed' | 'cancelled', error: EngineError | null): void {
    const { record } = entry
    entry.run = null
    entry.failure = error
    const { items } = record.job()
    record.update({
      state,
      endedAt: clock.now(),
      canResume: canResume(record.input, state),
      error: error === null ? null : toPublicError(error),
      retryAt: null,
      bytesPerSecond: null,
      secondsLeft: null,
      items: items.map((item) =>
        state === 'cancelled' && !hasEnded(item) ? { ...item, state: 'cancelled' as const } : item,
      ),
    })
    log.info({ jobId: record.id, kind: record.input.kind, state, ...(error ? { err: error } : {}) }, 'a job ended')
    // A failed upload may be resumed, and needs its file for that.
    if (state !== 'failed') void removeSentFile(record.input, log)
    prune()
  }

  /** Ends a job that waits or runs. */
  function stop(entry: Entry, state: 'failed' | 'cancelled', reason: EngineError): void {
    const { run } = entry
    lanes.remove(entry.record.id)
    end(entry, state, state === 'failed' ? reason : null)
    run?.abort(reason)
  }

  function prune(): void {
    const ids = expired(
      [...entries.values()].map(({ record }) => record.job()),
      clock.now(),
    )
    forget(ids)
  }
  function forget(ids: readonly string[]): void {
    try {
      records.remove(ids)
    } catch (error) {
      log.warn({ err: error }, 'ended jobs could not be deleted')
    }
    for (const id of ids) {
      const input = entries.get(id)?.record.input
      entries.delete(id)
      if (input !== undefined) void removeSentFile(input, log)
    }
  }

  function find(id: string): Entry {
    const entry = entries.get(id)
    if (entry === undefined) throw new EngineError('not_found', 'There is no such job.', { param: 'id' })
    return entry
  }
  function refuseWhenClosing(): void {
    if (closing.signal.aborted) throw new EngineError('shutting_down', 'Switchyard is ending.')
  }

  /** Interrupted jobs wait until their connection is there; running ones end with it. */
  function followConnections(): void {
    for (const entry of entries.values()) {
      const { state, connectionId, connectionName } = entry.record.job()
      if (hasEnded({ state })) continue
      const isThere = connectionSet.find(connectionId) !== null
      if (state === 'interrupted' && isThere) queue(entry)
      if (state !== 'interrupted' && !isThere && entry.run?.succeeded !== true) {
        const message = `${connectionName} was removed or switched off while the job ran.`
        stop(entry, 'failed', new EngineError('not_found', message))
      }
    }
  }

  for (const { job, input, checkpoint } of loadJobs(records, log)) addEntry(job, input, checkpoint)
  prune()
  followConnections()
  const unfollowConnections = connectionSet.onChange(followConnections)

  return {
    list() {
      prune()
      const jobs = [...entries.values()].map(({ record }) => record.job()).reverse()
      return jobs.sort((left, right) => right.createdAt - left.createdAt)
    },
    get: (id) => entries.get(id)?.record.job() ?? null,
    layers: (id) => [...(entries.get(id)?.record.layers.values() ?? [])],
    steps: (id) => entries.get(id)?.record.steps ?? [],
    failure: (id) => entries.get(id)?.failure ?? null,
    pull: ({ connectionId, model, insecure }) =>
      begin({ kind: 'pull', connectionId, model: modelName(model), insecure: insecure ?? false }),
    push: ({ connectionId, model, insecure }) =>
      begin({ kind: 'push', connectionId, model: modelName(model), insecure: insecure ?? false }),
    create({ connectionId, model, modelfile, quantize, files }) {
      const uploaded = files ?? {}
      modelSources(parseModelfile(modelfile), uploaded)
      const quantized = quantize === undefined || quantize.trim() === '' ? null : quantize.trim()
      return begin({
        kind: 'create',
        connectionId,
        model: modelName(model),
        modelfile,
        quantize: quantized,
        files: uploaded,
      })
    },
    upload: ({ model, removeFileAfterwards, ...file }) =>
      begin({ kind: 'upload', ...file, model: modelName(model), removeFileAfterwards: removeFileAfterwards ?? false }),
    updateAll: ({ connectionId }) => begin({ kind: 'update-all', connectionId }),
    cancel(id) {
      const entry = find(id)
      // After its success there is nothing left to cancel.
      if (hasEnded(entry.record.job()) || entry.run?.succeeded === true) return
      stop(entry, 'cancelled', new EngineError('aborted', 'The job was cancelled.'))
    },
    resume(id) {
      refuseWhenClosing()
      const entry = find(id)
      const { state, connectionId } = entry.record.job()
      if (state === 'done') throw new EngineError('conflict', 'This job is done; there is nothing to go on with.')
      if (!canResume(entry.record.input, state)) {
        throw new EngineError('conflict', 'Its file was deleted when it was cancelled. Send the file again.')
      }
      entry.run?.hurry()
      if (state !== 'failed' && state !== 'cancelled' && state !== 'interrupted') return entry.record.job()
      ollamaConnection(connectionSet, connectionId)
      const twin = [...entries.values()].find(
        (other) => other !== entry && !hasEnded(other.record.job()) && sameWork(other.record.input, entry.record.input),
      )
      if (twin !== undefined) throw new EngineError('conflict', 'The same work is being done by another job already.')
      queue(entry)
      return entry.record.job()
    },
    dismiss(id) {
      const { record } = find(id)
      if (!hasEnded(record.job())) throw new EngineError('conflict', 'This job has not ended. Cancel it first.')
      forget([id])
      feed.tell(record.job())
    },
    onChange: feed.subscribe,
    follow: (id, signal) => followJob(() => find(id).record.job(), feed, AbortSignal.any([signal, closing.signal])),
    async close() {
      if (closing.signal.aborted) return
      const reason = new EngineError('shutting_down', 'Switchyard is ending.')
      unfollowConnections()
      for (const entry of entries.values()) {
        const { run, record } = entry
        if (run === null) continue
        if (run.succeeded) {
          run.hurry()
          continue
        }
        entry.run = null
        record.update({ state: 'interrupted', retryAt: null, bytesPerSecond: null, secondsLeft: null })
        run.abort(reason)
      }
      await lanes.close()
      feed.close()
      closing.abort(reason)
    },
  }
}
