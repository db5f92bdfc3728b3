import type { Clock } from '../../spec/clock.ts'
import type { Logger } from '../../spec/engine.ts'
import type { EngineError } from '../../spec/engine-error.ts'
import type { UnfinishedJob } from './crash-verdict.ts'
import type { WorkerSettings } from './protocol.ts'
import { WorkerLink } from './worker-link.ts'

/** The app's window opens in this time; warming up before would compete with it. */
const WARM_AFTER_MS = 1_000
/** A thread without a model holds some 50 MB for nothing; starting it again costs about a second. */
const REST_AFTER_MS = 300_000

export interface WorkerHostParts {
  url: URL
  settings: WorkerSettings
  log: Logger
  clock: Clock
  /** Whether the thread has, or is about to get, a model. */
  inUse: () => boolean
  onDeath: (error: EngineError, unfinished: UnfinishedJob[]) => void
}

/** Owns the worker thread: starts it at need, warms it up ahead of the first request, lets it rest when long unused. */
export class WorkerHost {
  readonly #parts: WorkerHostParts
  #link: WorkerLink | null = null
  #resting: Promise<void> | null = null
  #warmTimer: { cancel(): void } | null = null
  #restTimer: { cancel(): void } | null = null
  #closed = false

  constructor(parts: WorkerHostParts) {
    this.#parts = parts
  }

  /** The running thread, or a new one. */
  link(): WorkerLink {
    if (this.#link === null || this.#link.ended) {
      const { url, settings, log } = this.#parts
      const link = new WorkerLink(url, settings, log, (error, unfinished) => {
        if (this.#link === link) this.#link = null
        this.#parts.onDeath(error, unfinished)
      })
      this.#link = link
    }
    return this.#link
  }

  /** Starts thread and llama.cpp in the background, which takes most of the time to a first answer. */
  warmSoon(): void {
    if (this.#closed || this.#link !== null) return
    this.#warmTimer ??= this.#parts.clock.setTimeout(() => {
      this.#warmTimer = null
      if (this.#closed || this.#link !== null) return
      this.link()
        .run('warm', null)
        .catch((error: unknown) => this.#parts.log.debug({ error }, 'The llama worker could not be warmed up'))
        .finally(() => this.restSoon())
    }, WARM_AFTER_MS)
  }

  /** To be called when something was loaded or unloaded: the thread ends once nothing has been in it for five minutes. */
  restSoon(): void {
    if (this.#closed || this.#link === null || this.#parts.inUse()) {
      this.#restTimer?.cancel()
      this.#restTimer = null
      return
    }
    this.#restTimer ??= this.#parts.clock.setTimeout(() => {
      this.#restTimer = null
      if (this.#parts.inUse()) return
      const link = this.#link
      this.#link = null
      this.#resting = link?.close() ?? null
    }, REST_AFTER_MS)
  }

  /** Ends the thread; see WorkerLink. */
  async close(): Promise<void> {
    this.#closed = true
    this.#warmTimer?.cancel()
    this.#restTimer?.cancel()
    await this.#resting
    await this.#link?.close()
  }
}
