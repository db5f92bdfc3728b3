import type { Job } from '#shared/jobs.ts'
import type { Clock } from '../spec/clock.ts'
import { EngineError, toPublicError } from '../spec/engine-error.ts'
import type { JobLayer } from '../spec/jobs.ts'
import type { Upstream } from '../spec/upstream.ts'
import { type ByteProgress, MAX_LAYERS } from './byte-progress.ts'
import { judge } from './failures.ts'
import type { JobRecord } from './job-record.ts'
import { backoffMs, wait } from './waiting.ts'

/** Without a byte or a new phase for so long, work that moves bytes is stalled. */
export const MOVING_PATIENCE_MS = 15_000
/** Work that a server does in silence (checking a digest of many gigabytes, quantizing) gets this long. */
export const QUIET_PATIENCE_MS = 600_000
/** Tries in a row without progress after which a job fails. */
const MAX_FRUITLESS = 8
const TICK_MS = 1_000
/** Phases that are remembered, to tell a new one from one that comes again with each try. */
const MAX_PHASES = 10_000
/** Steps that are kept for who follows a job; more than any model has, and few enough to look through. */
const MAX_STEPS = 1_000

/** A job at work. */
export interface JobRun {
  readonly record: JobRecord
  readonly progress: ByteProgress
  /** Phases seen in this run. */
  readonly phases: Set<string>
  /** Aborts when the job is cancelled or Switchyard ends. */
  readonly signal: AbortSignal
  readonly clock: Clock
  random(): number
  /** The server as it is set up now. Throws `not_found` if it is gone. */
  upstream(): Upstream
  /** Looks at the server's models again; takes at most a few seconds. */
  refreshCatalog(): Promise<void>
  /** Ends a wait (for the next try, for the catalog) at once; set while there is one. */
  hurry: (() => void) | null
}

/** One try. What it reports after its end is not heard. */
export interface Attempt {
  readonly upstream: Upstream
  readonly signal: AbortSignal
  /** What is being done, in the server's or our words. `patienceMs`: how long silence is fine. */
  phase(text: string, patienceMs?: number): void
  /** Where one layer stands. */
  bytes(key: string, completed: number, total: number): void
  /** What is told of one layer, for who follows each by itself. Call it before its `bytes`. */
  layer(told: JobLayer): void
  /** The bytes that follow count from zero. */
  startOver(): void
}

/**
 * Does `work` until it succeeds. A broken line or a busy server is tried again after 1 s to 60 s, a stalled one at once;
 * there is no limit while progress is made. Throws what is final, the last reason after 8 tries without progress, and
 * the signal's reason.
 */
export async function persevere<Result>(run: JobRun, work: (attempt: Attempt) => Promise<Result>): Promise<Result> {
  let fruitless = 0
  for (;;) {
    run.signal.throwIfAborted()
    let failure: EngineError
    const current = beginAttempt(run)
    try {
      return await work(current.attempt)
    } catch (thrown) {
      run.signal.throwIfAborted()
      const { final, error } = judge(current.stall() ?? thrown, current.attempt.upstream.title)
      fruitless = current.progressed() ? 0 : fruitless + 1
      if (final || fruitless >= MAX_FRUITLESS) throw error
      failure = error
    } finally {
      current.end()
    }
    if (current.stall() === null) await untilNextTry(run, failure, fruitless)
    run.record.update({ attempts: run.record.job().attempts + 1 })
  }
}

function beginAttempt(run: JobRun) {
  const { record, progress, clock } = run
  const upstream = run.upstream()
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(run.signal.reason)
  run.signal.addEventListener('abort', onAbort, { once: true })
  let movedAt = clock.monotonic()
  let patience = MOVING_PATIENCE_MS
  let lastPhase: string | null = null
  let progressed = false
  let stall: EngineError | null = null
  let timer = clock.setTimeout(tick, TICK_MS)
  const firstStep = record.steps.length

  progress.beginAttempt(movedAt)
  const stalled = record.job().state === 'stalled'
  record.update({ retryAt: null, ...(stalled ? {} : { state: 'running', error: null }) })

  function tick(): void {
    const now = clock.monotonic()
    if (now - movedAt >= patience) {
      stall = stalledError(upstream.title, lastPhase, now - movedAt)
      record.update({ state: 'stalled', bytesPerSecond: null, secondsLeft: null })
      controller.abort(stall)
      return
    }
    record.update({ bytesPerSecond: progress.speed(now), secondsLeft: progress.secondsLeft(now) })
    record.checkpoint.layers = progress.layers()
    record.saveIfDue()
    timer = clock.setTimeout(tick, TICK_MS)
  }
  /** What makes a stalled job a running one again. */
  function moving(): Partial<Job> {
    return record.job().state === 'stalled' ? { state: 'running', error: null } : {}
  }

  const attempt: Attempt = {
    upstream,
    signal: controller.signal,
    phase(text, patienceMs = MOVING_PATIENCE_MS) {
      patience = patienceMs
      if (controller.signal.aborted || text === lastPhase) return
      lastPhase = text
      // Layers that move at once take turns: each is a step once per try.
      if (record.steps.length < MAX_STEPS && !record.steps.includes(text, firstStep)) record.steps.push(text)
      movedAt = clock.monotonic()
      const isNew = !run.phases.has(text) && run.phases.size < MAX_PHASES
      if (isNew) {
        run.phases.add(text)
        progressed = true
      }
      record.update({ phase: text, ...(isNew ? { progressAt: clock.now(), ...moving() } : {}) })
    },
    bytes(key, completed, total) {
      if (controller.signal.aborted) return
      const now = clock.monotonic()
      const change = progress.record(key, completed, total, now)
      if (change.furthest) progressed = true
      if (change.moved) movedAt = now
      record.update({
        completedBytes: progress.completed(),
        totalBytes: progress.total(),
        bytesPerSecond: progress.speed(now),
        secondsLeft: progress.secondsLeft(now),
        ...(change.moved ? { progressAt: clock.now(), ...moving() } : {}),
      })
    },
    layer(told) {
      if (controller.signal.aborted) return
      if (record.layers.has(told.digest) || record.layers.size < MAX_LAYERS) record.layers.set(told.digest, told)
    },
    startOver() {
      if (controller.signal.aborted) return
      progress.startOver(clock.monotonic())
      record.update({ completedBytes: null, totalBytes: null, bytesPerSecond: null, secondsLeft: null })
    },
  }
  return {
    attempt,
    progressed: () => progressed,
    stall: () => stall,
    end() {
      timer.cancel()
      if (!run.signal.aborted) record.checkpoint.layers = progress.layers()
      run.signal.removeEventListener('abort', onAbort)
      // Whatever the work left open ends with it.
      controller.abort(new EngineError('aborted', 'This try is over.'))
    },
  }
}

async function untilNextTry(run: JobRun, error: EngineError, fruitless: number): Promise<void> {
  const { record, clock, signal } = run
  const ms = backoffMs(fruitless, run.random)
  record.update({
    state: 'retrying',
    retryAt: clock.now() + ms,
    error: toPublicError(error),
    bytesPerSecond: null,
    secondsLeft: null,
  })
  const waiting = wait(clock, ms, signal)
  run.hurry = waiting.hurry
  try {
    await waiting.over
  } finally {
    run.hurry = null
  }
}

function stalledError(title: string, phase: string | null, ms: number): EngineError {
  const last = phase === null ? 'It has said nothing yet.' : `It last said: ${phase}.`
  return new EngineError('idle_timeout', `${title} made no progress for ${Math.round(ms / 1_000)} s. ${last}`)
}
