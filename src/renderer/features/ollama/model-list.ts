import type { OllamaModel } from '#shared/jobs.ts'
import type { CatalogModel } from '#shared/models.ts'

export type SortKey = 'name' | 'size' | 'modified' | 'loaded'
export type SortDirection = 'ascending' | 'descending'

/** The direction a column starts with: newest, largest and loaded first, names from A. */
export function firstDirection(key: SortKey): SortDirection {
  return key === 'name' ? 'ascending' : 'descending'
}

/** Models in the wanted order; ties go by name. */
export function sortModels(models: readonly OllamaModel[], key: SortKey, direction: SortDirection): OllamaModel[] {
  const turn = direction === 'ascending' ? 1 : -1
  const byName = (a: OllamaModel, b: OllamaModel): number => a.name.localeCompare(b.name)
  const value = (model: OllamaModel): number => {
    if (key === 'size') return model.sizeBytes
    if (key === 'modified') return model.modifiedAt
    return model.running === null ? 0 : (model.running.expiresAt ?? Number.MAX_SAFE_INTEGER)
  }
  return models.toSorted((a, b) => {
    if (key === 'name') return turn * byName(a, b)
    return turn * (value(a) - value(b)) || byName(a, b)
  })
}

/** Models whose name, family, size or quantization holds every word of the query. */
export function searchModels(models: readonly OllamaModel[], query: string): OllamaModel[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...models]
  return models.filter(({ name, family, parameterSize, quantization }) => {
    const text = [name, family, parameterSize, quantization].join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** A list that is not from the server itself: what the catalog remembers of it. */
export interface RememberedModels {
  models: OllamaModel[]
  /** Epoch ms of the oldest of these facts. */
  knownAt: number
}

/** What the catalog knows of one server's models, for when the server cannot be asked. Null if it knows none. */
export function rememberedModels(catalog: readonly CatalogModel[], connectionId: string): RememberedModels | null {
  const known = catalog.flatMap((model) =>
    model.holders
      .filter((holder) => holder.connectionId === connectionId)
      .map((holder) => ({
        knownAt: holder.knownAt,
        model: {
          name: holder.upstreamModel,
          sizeBytes: holder.sizeBytes ?? 0,
          digest: model.digest,
          modifiedAt: model.modifiedAt,
          family: model.family,
          parameterSize: model.parameterSize,
          quantization: holder.quantization,
          // What is in its memory now, nobody knows.
          running: null,
        },
      })),
  )
  if (known.length === 0) return null
  return { models: known.map(({ model }) => model), knownAt: Math.min(...known.map(({ knownAt }) => knownAt)) }
}

/** Other names of the same files: a name may go while its bytes stay. */
export function sameFiles(models: readonly OllamaModel[], model: OllamaModel): string[] {
  if (model.digest === '') return []
  return models.filter((other) => other.name !== model.name && other.digest === model.digest).map(({ name }) => name)
}

/** 0..100: how much of a loaded model is in video memory. */
export function vramPercent(running: NonNullable<OllamaModel['running']>): number {
  return running.sizeBytes === 0
    ? 0
    : Math.round((100 * Math.min(running.vramBytes, running.sizeBytes)) / running.sizeBytes)
}
