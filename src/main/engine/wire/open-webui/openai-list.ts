import { allowing } from '#shared/model-name.ts'
import type { UpstreamModel } from '../../spec/provider-adapter.ts'
import { type JsonObject, objectOf, textOf } from '../openai/upstream-fields.ts'

/** What Open WebUI leaves out of api.openai.com's list: models that no chat can use. */
const NOT_FOR_CHAT = /babbage|dall-e|davinci|embedding|tts|whisper/

/** A connection's part in the merged list. */
export interface OpenAiListSource {
  /** `url_idx`. */
  index: number
  baseUrl: string
  /** Put before ids; with its dot, or empty. */
  prefix: string
  tags: readonly string[]
  connectionType: 'local' | 'external'
  /** Open WebUI's word for the kind of server; empty for a plain one. */
  provider: string
  /** Upstream ids that are offered; empty offers all. */
  modelIds: readonly string[]
  models: readonly UpstreamModel[]
}

/** A model as its server lists it; what the server does not tell in OpenAI's form is put in that form. */
export function rawOpenAiModel(model: UpstreamModel): Record<string, unknown> {
  const { upstreamModel, modifiedAt, ownedBy } = model
  return {
    id: upstreamModel,
    object: 'model',
    created: Math.floor(modifiedAt / 1000),
    owned_by: ownedBy ?? 'openai',
    ...model.raw,
  }
}

/** Which models Open WebUI lists for a server: it leaves some of api.openai.com's out. */
export function listable(baseUrl: string): (upstreamModel: string) => boolean {
  if (!URL.canParse(baseUrl) || new URL(baseUrl).hostname !== 'api.openai.com') return () => true
  return (upstreamModel) => !NOT_FOR_CHAT.test(upstreamModel)
}

/** A server's own list of models as it came, with those entries whose id is kept. A bare list gets OpenAI's form. */
export function keptOfOwnList(answer: unknown, keep: (id: string) => boolean): JsonObject {
  const isKept = (item: unknown): boolean => {
    const entry = objectOf(item)
    const id = textOf(item) ?? textOf(entry?.id) ?? textOf(entry?.model) ?? textOf(entry?.name)
    return id !== null && keep(id)
  }
  if (Array.isArray(answer)) return { object: 'list', data: answer.filter(isKept) }
  // Some servers list their models twice, in OpenAI's form and in Ollama's.
  const lists = ['data', 'models'].flatMap((field) => {
    const list = objectOf(answer)?.[field]
    return Array.isArray(list) ? [[field, list.filter(isKept)] as const] : []
  })
  return { ...objectOf(answer), ...Object.fromEntries(lists) }
}

/** /openai/models: one entry per model, the first connection's. `modelOf` tells which ids are one model's. */
export function openAiList(
  sources: readonly OpenAiListSource[],
  modelOf: (id: string) => string,
): Record<string, unknown>[] {
  const byModel = new Map<string, Record<string, unknown>>()
  for (const source of sources) {
    const isOffered = allowing(source.modelIds)
    const isListed = listable(source.baseUrl)
    for (const model of source.models) {
      if (!isOffered(model.upstreamModel) || !isListed(model.upstreamModel)) continue
      const key = modelOf(source.prefix + model.upstreamModel)
      if (!byModel.has(key)) byModel.set(key, openAiListEntry(source, model))
    }
  }
  return [...byModel.values()]
}

/** One entry: the server's own, the id with its prefix, and where it comes from. */
export function openAiListEntry(source: OpenAiListSource, model: UpstreamModel): Record<string, unknown> {
  const raw = rawOpenAiModel(model)
  const { index, prefix, tags, connectionType, provider } = source
  return {
    ...raw,
    id: prefix + model.upstreamModel,
    name: typeof raw.name === 'string' && raw.name !== '' ? raw.name : model.name,
    owned_by: 'openai',
    openai: raw,
    connection_type: connectionType,
    ...(provider === '' ? {} : { provider }),
    ...(tags.length === 0 ? {} : { tags: tags.map((name) => ({ name })) }),
    urlIdx: index,
    ...(model.loaded ? { loaded: true } : {}),
  }
}
