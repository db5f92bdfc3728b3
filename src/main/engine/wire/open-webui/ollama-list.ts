import { allowing } from '#shared/model-name.ts'
import type { UpstreamModel } from '../../spec/provider-adapter.ts'
import { NEVER_EXPIRES, ollamaTimestamp } from '../ollama/timestamps.ts'

/** A connection's part in the merged list. */
export interface OllamaListSource {
  /** `url_idx`. */
  index: number
  /** Put before `model`; with its dot, or empty. `name` stays as it is. */
  prefix: string
  /** Replace the server's own. */
  tags: readonly string[]
  connectionType: 'local' | 'external'
  /** Upstream ids that are offered; empty offers all. */
  modelIds: readonly string[]
  models: readonly UpstreamModel[]
}

/** An entry of /ollama/api/tags. */
export type OllamaListEntry = Record<string, unknown> & { model: string; name: string; urls: number[] }

/**
 * /ollama/api/tags: one entry per model, with the list positions of all that hold it. `modelOf` tells which names are one
 * model's; the entry has the first.
 */
export function ollamaList(sources: readonly OllamaListSource[], modelOf: (id: string) => string): OllamaListEntry[] {
  const byModel = new Map<string, OllamaListEntry>()
  for (const source of sources) {
    const isOffered = allowing(source.modelIds)
    for (const model of source.models) {
      if (!isOffered(model.upstreamModel)) continue
      const id = source.prefix + model.upstreamModel
      const key = modelOf(id)
      const known = byModel.get(key)
      if (known === undefined) byModel.set(key, entry(source, model, id))
      else merge(known, source, model)
    }
  }
  return [...byModel.values()]
}

function entry(source: OllamaListSource, model: UpstreamModel, id: string): OllamaListEntry {
  const { raw } = model
  return {
    modified_at: ollamaTimestamp(model.modifiedAt),
    size: model.sizeBytes ?? 0,
    digest: model.digest,
    details: {},
    ...raw,
    name: typeof raw?.name === 'string' ? raw.name : model.name,
    model: id,
    ...(source.tags.length === 0 ? {} : { tags: source.tags.map((name) => ({ name })) }),
    connection_type: source.connectionType,
    urls: [source.index],
    ...loadedFacts(model),
  }
}

function merge(known: OllamaListEntry, source: OllamaListSource, model: UpstreamModel): void {
  known.urls.push(source.index)
  if (model.loaded) Object.assign(known, loadedFacts(model))
}

/**
 * `expires_at` counts whole seconds here, unlike in Ollama's own lists. It is what tells clients that a model is loaded, so
 * one that stays has it too: a time far off, as its server gives it.
 */
function loadedFacts({ loaded, expiresAt }: UpstreamModel): object {
  if (!loaded) return {}
  return { expires_at: Math.floor((expiresAt ?? Date.parse(NEVER_EXPIRES)) / 1000) }
}
