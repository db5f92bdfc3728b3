import type { GgufFile, LoadOptions } from '#shared/models.ts'
import type { Clock } from '../../../spec/clock.ts'
import { EngineError, toEngineError } from '../../../spec/engine-error.ts'
import type { LoadedFacts } from '../protocol.ts'
import type { WorkerLink } from '../worker-link.ts'
import { neededChange } from './effective-options.ts'
import type { LoadLane } from './load-lane.ts'

const DEFAULT_KEEP_ALIVE_S = 300
/** How many requests an unloaded model is expected to run at once, for the queue's limit. */
const EXPECTED_SEQUENCES = 8
/** Node fires timers beyond 2^31 ms at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** What a slot needs of its surroundings. */
export interface SlotSurroundings {
  clock: Clock
  lane: LoadLane
  link: () => WorkerLink
  queueLimit: () => number
  /** Unloads the least recently used idle model other than this one; false if there is none. */
  evictIdle: (except: string) => Promise<boolean>
  hasIdle: (except: string) => boolean
  /** Called when the thread died while this file was loading. */
  onDiedLoading: (id: string) => void
  onChange: () => void
  touch: (id: string, at: number) => void
}

/** The file as the slot loads it, and the options that apply without a request's hints. */
export interface SlotModel {
  id: string
  path: string
  sizeBytes: number
  forEmbedding: boolean
  options: LoadOptions
}

/** What a request wants to hear while it waits. */
export interface WaitListener {
  queued: (position: number) => void
  loading: (value: number | null) => void
}

/** Leave to run one request. `signal` also aborts when the model is unloaded below the request. */
export interface Ticket {
  link: WorkerLink
  signal: AbortSignal
  queueMs: number
  loadMs: number
  release: () => void
}

interface Waiter {
  wishes: LoadOptions
  keepAlive: number | undefined
  listener: WaitListener
  since: number
  loadMs: number
  position: number
  resolve: (ticket: Ticket) => void
  reject: (error: EngineError) => void
}

/**
 * One model: loading, the FIFO queue in front of its sequences, keep-alive, draining. Only this class decides whether
 * a request may run; the worker just executes.
 */
export class ModelSlot {
  readonly id: string
  readonly #around: SlotSurroundings
  #model: SlotModel
  #state: 'unloaded' | 'loading' | 'loaded' | 'unloading' = 'unloaded'
  #progress = 0
  #facts: LoadedFacts | null = null
  /** The options of the present load, before the runtime decided what it left open. */
  #asked: LoadOptions = {}
  #loadedAt: number | null = null
  #lastUsedAt = 0
  #queue: Waiter[] = []
  readonly #active = new Map<object, { abort: (error: EngineError) => void }>()
  #idle: (() => void)[] = []
  #changing: Promise<void> | null = null
  #loadAbort: AbortController | null = null
  #keepAlive: number
  #expiresAt: number | null = null
  #timer: { cancel(): void } | null = null

  constructor(model: SlotModel, around: SlotSurroundings) {
    this.id = model.id
    this.#model = model
    this.#around = around
    this.#keepAlive = model.options.keepAliveSeconds ?? DEFAULT_KEEP_ALIVE_S
  }

  get state(): string {
    return this.#state
  }

  get isIdle(): boolean {
    return this.#state === 'loaded' && this.#active.size === 0 && this.#queue.length === 0 && this.#changing === null
  }

  get lastUsedAt(): number {
    return this.#lastUsedAt
  }

  /** As the Models page shows it; null when not in memory. */
  view(): GgufFile['loaded'] {
    if (this.#state === 'unloaded') return null
    const facts = this.#facts
    return {
      state: this.#state,
      progress: this.#progress,
      loadedAt: this.#loadedAt,
      expiresAt: this.#expiresAt,
      activeRequests: this.#active.size,
      queuedRequests: this.#queue.length,
      contextSize: facts?.contextSize ?? 0,
      sequences: facts?.sequences ?? 0,
      memory: facts?.memory ?? { ram: 0, vram: 0 },
      gpuLayers: facts?.gpuLayers ?? 0,
      options: facts?.options ?? this.#asked,
    }
  }

  /** New file facts or saved options; they count from the next load on. */
  update(model: SlotModel): void {
    this.#model = model
  }

  /**
   * Waits for a free sequence, loading or changing the model first if needed. Rejects with `queue_full`, `aborted`,
   * `model_load_failed`, `out_of_memory` or `runtime_crashed`.
   */
  acquire(
    wishes: LoadOptions,
    keepAlive: number | undefined,
    signal: AbortSignal,
    listener: WaitListener,
  ): Promise<Ticket> {
    const capacity = this.#facts?.sequences ?? this.#model.options.sequences ?? EXPECTED_SEQUENCES
    const free = Math.max(0, capacity - this.#active.size)
    const limit = this.#around.queueLimit()
    if (this.#queue.length >= limit + free) {
      return Promise.reject(
        new EngineError('queue_full', `${this.#queue.length} requests already wait for ${this.id}. Try again later.`),
      )
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#queue = this.#queue.filter((other) => other !== waiter)
        reject(abortError(signal))
        this.#tellPositions()
        this.#pump()
      }
      const done = (): void => signal.removeEventListener('abort', onAbort)
      const waiter: Waiter = {
        wishes,
        keepAlive,
        listener,
        since: this.#around.clock.monotonic(),
        loadMs: 0,
        position: 0,
        resolve: (ticket) => {
          done()
          resolve(ticket)
        },
        reject: (error) => {
          done()
          reject(error)
        },
      }
      if (signal.aborted) return reject(abortError(signal))
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(waiter)
      this.#pump()
      this.#tellPositions()
    })
  }

  /** Loads without a request, or applies new options when nothing runs. Joins a load that is already going on. */
  async load(wishes: LoadOptions, signal?: AbortSignal): Promise<void> {
    const never = new AbortController()
    const ticket = await this.acquire(wishes, wishes.keepAliveSeconds, signal ?? never.signal, {
      queued: () => undefined,
      loading: () => undefined,
    }).catch((error: unknown) => {
      if (signal?.aborted && this.#state === 'loading' && this.#queue.length === 0) this.#loadAbort?.abort(error)
      throw error
    })
    ticket.release()
  }

  /** Aborts what runs and waits, lets it end, then frees the model. */
  async unload(reason: EngineError): Promise<void> {
    if (this.#state === 'unloaded') return
    for (const waiter of this.#queue.splice(0)) waiter.reject(reason)
    this.#loadAbort?.abort(reason)
    for (const { abort } of this.#active.values()) abort(reason)
    while (this.#changing !== null) await this.#changing
    if (this.#state !== 'loaded') return
    await this.#change('unloading', async () => {
      if (this.#active.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
      await this.#around.link().run('unload', { key: this.id })
      this.#forget()
    })
  }

  /** The worker thread is gone and the model with it; running requests fail by themselves. */
  workerDied(error: EngineError): void {
    if (this.#state === 'loading' && this.#facts === null) this.#around.onDiedLoading(this.id)
    for (const waiter of this.#queue.splice(0)) waiter.reject(error)
    this.#forget()
  }

  #forget(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#facts = null
    this.#loadedAt = null
    this.#expiresAt = null
    this.#progress = 0
    this.#state = 'unloaded'
  }

  /** Lets the head of the queue go as far as it can. First in, first out: a waiter with other wishes holds up the rest. */
  #pump(): void {
    if (this.#changing !== null) return
    const head = this.#queue[0]
    if (head === undefined) {
      this.#armKeepAlive()
      return
    }
    if (this.#state === 'unloaded') {
      void this.#change('loading', () => this.#load({ ...this.#model.options, ...head.wishes }))
      return
    }
    const facts = this.#facts
    if (facts === null) return
    const change = neededChange(head.wishes, this.#asked, facts)
    if (change !== 'none') {
      if (this.#active.size > 0) return
      const options = { ...this.#asked, ...head.wishes }
      void this.#change('loading', () => (change === 'model' ? this.#reload(options) : this.#reshape(options)))
      return
    }
    if (this.#active.size >= facts.sequences) return
    this.#queue.shift()
    this.#admit(head)
    this.#tellPositions()
    this.#pump()
  }

  #admit(waiter: Waiter): void {
    const { clock } = this.#around
    const key = {}
    const controller = new AbortController()
    this.#active.set(key, { abort: (error) => controller.abort(error) })
    this.#timer?.cancel()
    this.#timer = null
    this.#keepAlive = waiter.keepAlive ?? this.#model.options.keepAliveSeconds ?? DEFAULT_KEEP_ALIVE_S
    this.#lastUsedAt = clock.monotonic()
    this.#expiresAt = this.#keepAlive < 0 ? null : clock.now() + this.#keepAlive * 1000
    this.#around.touch(this.id, clock.now())
    this.#around.onChange()
    const waited = clock.monotonic() - waiter.since
    waiter.resolve({
      link: this.#around.link(),
      signal: controller.signal,
      queueMs: Math.max(0, waited - waiter.loadMs),
      loadMs: waiter.loadMs,
      release: () => {
        if (!this.#active.delete(key)) return
        this.#lastUsedAt = clock.monotonic()
        if (this.#active.size === 0) for (const resolve of this.#idle.splice(0)) resolve()
        this.#around.onChange()
        this.#pump()
      },
    })
  }

  /** Does one change of the model at a time; a failed load or reshape fails everyone who waits for it. */
  async #change(state: 'loading' | 'unloading', work: () => Promise<void>): Promise<void> {
    const before = this.#state
    const started = this.#around.clock.monotonic()
    this.#state = state
    this.#progress = state === 'loading' ? 0 : 1
    this.#loadAbort = state === 'loading' ? new AbortController() : null
    this.#timer?.cancel()
    this.#timer = null
    const changing = (async () => {
      try {
        await work()
      } catch (error) {
        if (this.#state !== 'unloaded') this.#state = this.#facts === null ? 'unloaded' : before
        if (this.#state === 'unloaded') this.#forget()
        const shown = toEngineError(error)
        if (state === 'loading') for (const waiter of this.#queue.splice(0)) waiter.reject(shown)
      } finally {
        this.#changing = null
        this.#loadAbort = null
        const took = this.#around.clock.monotonic() - started
        if (state === 'loading') for (const waiter of this.#queue) waiter.loadMs = Math.min(took, this.#waited(waiter))
      }
    })()
    this.#changing = changing
    if (state === 'loading') this.#tellLoading(0)
    this.#around.onChange()
    await changing
    this.#around.onChange()
    this.#pump()
  }

  #waited(waiter: Waiter): number {
    return this.#around.clock.monotonic() - waiter.since
  }

  async #load(options: LoadOptions): Promise<void> {
    const signal = this.#loadAbort?.signal
    this.#asked = options
    await this.#around.lane.run(async () => {
      for (;;) {
        signal?.throwIfAborted()
        try {
          this.#took(
            await this.#around.link().run(
              'load',
              {
                key: this.id,
                path: this.#model.path,
                sizeBytes: this.#model.sizeBytes,
                forEmbedding: this.#model.forEmbedding,
                options,
                ignoreFreeMemory: !this.#around.hasIdle(this.id),
              },
              { ...(signal === undefined ? {} : { signal }), onProgress: (value) => this.#tellLoading(value) },
            ),
          )
          return
        } catch (error) {
          const full = toEngineError(error).code === 'out_of_memory'
          if (!full || !(await this.#around.evictIdle(this.id))) throw error
        }
      }
    })
  }

  async #reload(options: LoadOptions): Promise<void> {
    await this.#around.link().run('unload', { key: this.id })
    this.#facts = null
    await this.#load(options)
  }

  async #reshape(options: LoadOptions): Promise<void> {
    this.#tellLoading(null)
    const facts = await this.#around.lane.run(() => this.#around.link().run('reshape', { key: this.id, options }))
    this.#asked = options
    this.#took(facts)
  }

  #took(facts: LoadedFacts): void {
    this.#facts = facts
    this.#state = 'loaded'
    this.#progress = 1
    this.#loadedAt = this.#around.clock.now()
  }

  #tellLoading(value: number | null): void {
    if (this.#state === 'loading') this.#progress = value ?? this.#progress
    for (const waiter of this.#queue) waiter.listener.loading(value)
    this.#around.onChange()
  }

  #tellPositions(): void {
    this.#around.onChange()
    if (this.#state !== 'loaded') return
    for (const [index, waiter] of this.#queue.entries()) {
      if (waiter.position === index + 1) continue
      waiter.position = index + 1
      waiter.listener.queued(index + 1)
    }
  }

  /** Nobody waits: when nobody runs either, the time to unload begins. */
  #armKeepAlive(): void {
    const { clock } = this.#around
    if (this.#state !== 'loaded' || this.#active.size > 0 || this.#timer !== null) return
    if (this.#keepAlive < 0) {
      this.#expiresAt = null
      return
    }
    if (this.#keepAlive === 0) {
      this.#expire()
      return
    }
    const expiresAt = clock.now() + this.#keepAlive * 1000
    this.#expiresAt = expiresAt
    const arm = (): void => {
      this.#timer = clock.setTimeout(
        () => {
          this.#timer = null
          if (clock.now() >= expiresAt) this.#expire()
          else arm()
        },
        Math.min(LONGEST_TIMER_MS, Math.max(0, expiresAt - clock.now())),
      )
    }
    arm()
  }

  #expire(): void {
    void this.unload(new EngineError('aborted', 'The model was unloaded.'))
  }
}

function abortError(signal: AbortSignal): EngineError {
  const reason: unknown = signal.reason
  return reason instanceof Error ? toEngineError(reason) : new EngineError('aborted', 'The request was cancelled.')
}
