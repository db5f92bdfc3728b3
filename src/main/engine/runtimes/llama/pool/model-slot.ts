import type { GgufFile, LoadOptions } from '#shared/models.ts'
import { EngineError, toEngineError } from '../../../spec/engine-error.ts'
import type { LoadedFacts } from '../protocol.ts'
import { DEFAULT_CONTEXT, neededChange } from './effective-options.ts'
import { KeepAliveTimer } from './keep-alive-timer.ts'
import { loadModel } from './load-model.ts'
import type { SlotModel, SlotSurroundings } from './slot-surroundings.ts'
import { type Ticket, type Waiter, WaitLine, type WaitListener } from './wait-line.ts'

const DEFAULT_KEEP_ALIVE_S = 300
/** How many requests an unloaded model is expected to run at once, for the queue's limit. */
const EXPECTED_SEQUENCES = 8

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
  readonly #line: WaitLine
  readonly #active = new Map<object, { abort: (error: EngineError) => void }>()
  #idle: (() => void)[] = []
  #changing: Promise<void> | null = null
  #loadAbort: AbortController | null = null
  #keepAlive: number
  readonly #timer: KeepAliveTimer

  constructor(model: SlotModel, around: SlotSurroundings) {
    this.id = model.id
    this.#model = model
    this.#around = around
    this.#keepAlive = model.options.keepAliveSeconds ?? DEFAULT_KEEP_ALIVE_S
    this.#line = new WaitLine(around.clock)
    this.#timer = new KeepAliveTimer(around.clock, () => {
      void this.unload(new EngineError('aborted', 'The model was unloaded.'))
    })
  }

  get state(): string {
    return this.#state
  }

  get isIdle(): boolean {
    return this.#state === 'loaded' && this.#active.size === 0 && this.#line.length === 0 && this.#changing === null
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
      expiresAt: this.#timer.expiresAt,
      activeRequests: this.#active.size,
      queuedRequests: this.#line.length,
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
   * Applies those options that a loaded model takes at once: how long it stays, and what it was loaded with anyway.
   * Returns their names.
   */
  applyNow(options: LoadOptions): string[] {
    const facts = this.#facts
    if (this.#state !== 'loaded' || facts === null) return []
    const present: LoadOptions = { ...this.#asked, ...facts.options }
    const { keepAliveSeconds } = options
    if (keepAliveSeconds !== undefined) {
      this.#keepAlive = keepAliveSeconds
      if (this.isIdle) this.#timer.begin(keepAliveSeconds)
      else this.#timer.hold(keepAliveSeconds)
      this.#around.onChange()
    }
    return Object.entries(options).flatMap(([name, value]) =>
      name === 'keepAliveSeconds' || present[name as keyof LoadOptions] === value ? [name] : [],
    )
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
    if (this.#line.length >= limit + free) {
      return Promise.reject(
        new EngineError('queue_full', `${this.#line.length} requests already wait for ${this.id}. Try again later.`),
      )
    }
    const request = {
      // A request that says nothing of its context wants the usual one, not what the last request made do with.
      wishes: { contextSize: this.#model.options.contextSize ?? DEFAULT_CONTEXT, ...wishes },
      keepAlive,
      listener,
    }
    const ticket = this.#line.join(request, signal, () => {
      this.#tellPositions()
      this.#pump()
    })
    this.#pump()
    this.#tellPositions()
    return ticket
  }

  /** Loads without a request, or applies new options when nothing runs. Joins a load that is already going on. */
  async load(wishes: LoadOptions, signal?: AbortSignal): Promise<void> {
    const never = new AbortController()
    const ticket = await this.acquire(wishes, wishes.keepAliveSeconds, signal ?? never.signal, {
      queued: () => undefined,
      loading: () => undefined,
    }).catch((error: unknown) => {
      if (signal?.aborted && this.#state === 'loading' && this.#line.length === 0) this.#loadAbort?.abort(error)
      throw error
    })
    ticket.release()
  }

  /** Aborts what runs and waits, lets it end, then frees the model. */
  async unload(reason: EngineError): Promise<void> {
    if (this.#state === 'unloaded') return
    this.#line.rejectAll(reason)
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

  /**
   * The worker thread is gone and the model with it; running requests fail by themselves. `wasLoadingThis`: the thread
   * was at this model's load. One that only waits for its turn had nothing there, and is loaded into the next thread.
   */
  workerDied(error: EngineError, wasLoadingThis: boolean): void {
    if (this.#state === 'loading' && this.#facts === null && !wasLoadingThis) return
    this.#line.rejectAll(error)
    this.#forget()
  }

  #forget(): void {
    this.#timer.forget()
    this.#facts = null
    this.#loadedAt = null
    this.#progress = 0
    this.#state = 'unloaded'
  }

  /** Lets the head of the queue go as far as it can. First in, first out: a waiter with other wishes holds up the rest. */
  #pump(): void {
    if (this.#changing !== null) return
    const { head } = this.#line
    if (head === undefined) {
      if (this.#state === 'loaded' && this.#active.size === 0) this.#timer.begin(this.#keepAlive)
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
    this.#line.shift()
    this.#admit(head)
    this.#tellPositions()
    this.#pump()
  }

  #admit(waiter: Waiter): void {
    const { clock } = this.#around
    const key = {}
    const controller = new AbortController()
    this.#active.set(key, { abort: (error) => controller.abort(error) })
    this.#keepAlive = waiter.keepAlive ?? this.#model.options.keepAliveSeconds ?? DEFAULT_KEEP_ALIVE_S
    this.#lastUsedAt = clock.monotonic()
    this.#timer.hold(this.#keepAlive)
    this.#around.touch(this.id, clock.now())
    this.#around.onChange()
    const waited = this.#line.waited(waiter)
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
    this.#timer.stop()
    const changing = (async () => {
      try {
        await work()
      } catch (error) {
        // The thread has died meanwhile. Who waited then has been told; who came since is for the next thread.
        if (this.#state === 'unloaded') return
        this.#state = this.#facts === null ? 'unloaded' : before
        if (this.#state === 'unloaded') this.#forget()
        const shown = toEngineError(error)
        if (state === 'loading') this.#line.rejectAll(shown)
      } finally {
        this.#changing = null
        this.#loadAbort = null
        const took = this.#around.clock.monotonic() - started
        if (state === 'loading') this.#line.addLoad(took)
      }
    })()
    this.#changing = changing
    if (state === 'loading') this.#tellLoading(0)
    this.#around.onChange()
    await changing
    this.#around.onChange()
    this.#pump()
  }

  async #load(options: LoadOptions): Promise<void> {
    this.#asked = options
    const { signal } = this.#loadAbort ?? {}
    this.#took(await loadModel(this.#model, options, this.#around, signal, (value) => this.#tellLoading(value)))
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
    this.#line.tellLoading(value)
    this.#around.onChange()
  }

  #tellPositions(): void {
    this.#around.onChange()
    if (this.#state === 'loaded') this.#line.tellPositions()
  }
}
