import type { GgufFile, LoadOptions } from '#shared/models.ts'
import type { Clock } from '../../../spec/clock.ts'
import { EngineError } from '../../../spec/engine-error.ts'
import type { UnfinishedJob } from '../crash-verdict.ts'
import type { WorkerLink } from '../worker-link.ts'
import { LoadLane } from './load-lane.ts'
import { ModelSlot } from './model-slot.ts'
import type { SlotModel } from './slot-surroundings.ts'
import type { Ticket, WaitListener } from './wait-line.ts'

export interface PoolParts {
  clock: Clock
  link: () => WorkerLink
  queueLimit: () => number
  onChange: () => void
  touch: (id: string, at: number) => void
}

/** The models in memory. Idle ones make room, least recently used first, when a load does not fit. */
export class ModelPool {
  readonly #slots = new Map<string, ModelSlot>()
  readonly #lane = new LoadLane()
  readonly #parts: PoolParts

  constructor(parts: PoolParts) {
    this.#parts = parts
  }

  view(id: string): GgufFile['loaded'] {
    return this.#slots.get(id)?.view() ?? null
  }

  /** Whether a model is in memory, or about to be. */
  get inUse(): boolean {
    return [...this.#slots.values()].some((slot) => slot.view() !== null)
  }

  acquire(
    model: SlotModel,
    wishes: LoadOptions,
    keepAlive: number | undefined,
    signal: AbortSignal,
    listener: WaitListener,
  ): Promise<Ticket> {
    return this.#slot(model).acquire(wishes, keepAlive, signal, listener)
  }

  load(model: SlotModel, wishes: LoadOptions, signal?: AbortSignal): Promise<void> {
    return this.#slot(model).load(wishes, signal)
  }

  /** New saved options of a model that has been loaded; they count from its next load on. */
  update(model: SlotModel): void {
    this.#slots.get(model.id)?.update(model)
  }

  /** Applies those options that a loaded model takes at once, or has already. Returns their names. */
  applyNow(id: string, options: LoadOptions): string[] {
    return this.#slots.get(id)?.applyNow(options) ?? []
  }

  async unload(id: string, reason = new EngineError('aborted', 'The model was unloaded.')): Promise<void> {
    await this.#slots.get(id)?.unload(reason)
  }

  async unloadAll(reason: EngineError): Promise<void> {
    await Promise.all([...this.#slots.values()].map((slot) => slot.unload(reason)))
  }

  /** The worker thread is gone, with all models and with the jobs that it had not answered. */
  workerDied(error: EngineError, unfinished: readonly UnfinishedJob[]): void {
    const loading = unfinished.find(({ kind }) => kind === 'load')?.model
    for (const slot of this.#slots.values()) slot.workerDied(error, slot.id === loading)
  }

  #slot(model: SlotModel): ModelSlot {
    const known = this.#slots.get(model.id)
    if (known !== undefined) {
      known.update(model)
      return known
    }
    const slot = new ModelSlot(model, {
      ...this.#parts,
      lane: this.#lane,
      hasIdle: (except) => this.#leastRecentlyUsed(except) !== undefined,
      evictIdle: async (except) => {
        const idle = this.#leastRecentlyUsed(except)
        await idle?.unload(new EngineError('aborted', 'The model was unloaded to make room for another one.'))
        return idle !== undefined
      },
    })
    this.#slots.set(model.id, slot)
    return slot
  }

  #leastRecentlyUsed(except: string): ModelSlot | undefined {
    return [...this.#slots.values()]
      .filter((slot) => slot.id !== except && slot.isIdle)
      .sort((a, b) => a.lastUsedAt - b.lastUsedAt)[0]
  }
}
