import type { CatalogModel } from '#shared/models.ts'
import type { OllamaListEntry } from './ollama-list.ts'

type Entry = Record<string, unknown>

/** A model that Ollama servers hold, as /api/models lists it. */
export function ollamaModelEntry(entry: OllamaListEntry): Entry {
  const { model, name, connection_type, tags, modified_at, expires_at } = entry
  return {
    id: model,
    name,
    object: 'model',
    created: typeof modified_at === 'string' ? Math.floor(Date.parse(modified_at) / 1000) || 0 : 0,
    owned_by: 'ollama',
    ollama: entry,
    connection_type,
    tags: tags ?? [],
    ...(expires_at === undefined ? {} : { loaded: true }),
  }
}

/** A model of the OpenAI family, as /api/models lists it. */
export function openAiModelEntry(entry: Entry): Entry {
  return { object: 'model', ...entry, tags: entry.tags ?? [] }
}

/** A model that only this process holds, as /api/models lists it. */
export function ownModelEntry(model: CatalogModel): Entry {
  return {
    id: model.id,
    name: model.name,
    object: 'model',
    created: Math.floor(model.modifiedAt / 1000),
    owned_by: 'switchyard',
    connection_type: 'local',
    tags: model.tags.map((name) => ({ name })),
    ...(model.loaded ? { loaded: true } : {}),
  }
}

/** What the catalog adds to any entry: facts that clients of other gateways look for. */
export function catalogFacts({ place, contextLength, capabilities, state }: CatalogModel): Entry {
  return { place, context_length: contextLength, capabilities, state }
}
