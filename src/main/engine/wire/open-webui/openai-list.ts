import { allowing } from '../../spec/model-name.ts'
import type { UpstreamModel } from '../../spec/provider-adapter.ts'

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

/** Models that Open WebUI lists for a server: it leaves some of api.openai.com's out. */
export function listable(models: readonly UpstreamModel[], baseUrl: string): readonly UpstreamModel[] {
  if (!URL.canParse(baseUrl) || new URL(baseUrl).hostname !== 'api.openai.com') return models
  return models.filter(({ upstreamModel }) => !NOT_FOR_CHAT.test(upstreamModel))
}

/** /openai/models: one entry per id; of equal ids the first connection's. */
export function openAiList(sources: readonly OpenAiListSource[]): Record<string, unknown>[] {
  const byId = new Map<string, Record<string, unknown>>()
  for (const source of sources) {
    const isOffered = allowing(source.modelIds)
    for (const model of listable(source.models, source.baseUrl)) {
      if (!isOffered(model.upstreamModel)) continue
      const id = source.prefix + model.upstreamModel
      if (!byId.has(id)) byId.set(id, openAiListEntry(source, model))
    }
  }
  return [...byId.values()]
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
