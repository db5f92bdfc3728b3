import type { ModelMetrics } from '#shared/models.ts'
import type { Clock } from '../../spec/clock.ts'
import type { EmbeddingResult, StreamPart } from '../../spec/stream-part.ts'
import { layerCount } from './check-load-options.ts'
import { knownEntry } from './library/known-entry.ts'
import type { ModelLibrary } from './library/model-library.ts'
import { ModelMeter } from './model-meter.ts'
import type { ModelPool } from './pool/model-pool.ts'

interface ModelMetersParts {
  clock: Clock
  library: Pick<ModelLibrary, 'find'>
  pool: Pick<ModelPool, 'view'>
}

/** One meter per file that was ever asked for something. Names that nobody has leave no trace. */
export class ModelMeters {
  readonly #parts: ModelMetersParts
  readonly #meters = new Map<string, ModelMeter>()

  constructor(parts: ModelMetersParts) {
    this.#parts = parts
  }

  stream(id: string, answer: AsyncIterable<StreamPart>): AsyncIterable<StreamPart> {
    return this.#meter(id)?.stream(answer) ?? answer
  }

  embedding(id: string, work: Promise<EmbeddingResult>): Promise<EmbeddingResult> {
    return this.#meter(id)?.embedding(work) ?? work
  }

  /** See `LlamaRuntime.metrics`. */
  readonly metrics = (id: string): ModelMetrics | null => {
    const { clock, library, pool } = this.#parts
    const { facts } = knownEntry(library, id)
    const loaded = pool.view(id)
    const meter = this.#meters.get(id)
    if (loaded === null && meter === undefined) return null
    const layers = facts === null ? 0 : layerCount(facts)
    return {
      ...(meter ?? new ModelMeter(clock)).read(),
      memory: loaded?.memory ?? { ram: 0, vram: 0 },
      gpuShare: loaded === null || layers === 0 ? 0 : Math.min(1, loaded.gpuLayers / layers),
      activeRequests: loaded?.activeRequests ?? 0,
      queuedRequests: loaded?.queuedRequests ?? 0,
      loadedAt: loaded?.loadedAt ?? null,
    }
  }

  #meter(id: string): ModelMeter | null {
    if (this.#parts.library.find(id) === undefined) return null
    const meter = this.#meters.get(id) ?? new ModelMeter(this.#parts.clock)
    this.#meters.set(id, meter)
    return meter
  }
}
