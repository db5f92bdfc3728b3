import { z } from 'zod'
import type { CatalogModel } from '#shared/models.ts'
import type { Engine } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import {
  catalogFacts,
  ollamaModelEntry,
  openAiModelEntry,
  ownModelEntry,
} from '../../engine/wire/open-webui/model-list.ts'
import { ollamaList } from '../../engine/wire/open-webui/ollama-list.ts'
import { openAiList } from '../../engine/wire/open-webui/openai-list.ts'
import { parseRequest } from '../../engine/wire/parse-request.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'
import { runtimeId } from '../ollama/load-model.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { holders, lookAgain, members } from './connection-family.ts'
import { ollamaSources, openAiSources } from './list-sources.ts'
import { unloadAll } from './ollama-manage.ts'

const unloadSchema = z.object({ model: z.string().min(1) })

/** GET /api/models and /api/v1/models; with `?refresh=true` the servers are asked first. */
export async function models(exchange: Exchange): Promise<void> {
  const { engine } = exchange.gateway
  if (/^(true|1)$/i.test(new URLSearchParams(exchange.query).get('refresh') ?? '')) {
    await lookAgain(engine, [...members(engine, 'ollama'), ...members(engine, 'openai')])
  }
  const data = listed(engine).filter(({ model }) => model?.state !== 'unavailable')
  sendJson(exchange, 200, { data: data.map(({ entry }) => entry) })
}

/** GET /api/models/base: what the providers offer, unfiltered. */
export function baseModels(exchange: Exchange): void {
  sendJson(exchange, 200, { data: listed(exchange.gateway.engine).map(({ entry }) => entry) })
}

/** POST /api/models/unload: wherever the model is in memory. */
export async function unloadModel(exchange: Exchange): Promise<void> {
  const { model: name } = parseRequest(unloadSchema, await readJsonBody(exchange))
  exchange.model = name
  const { engine } = exchange.gateway
  return forClient(exchange, async () => {
    const model = engine.catalog.find(name)
    if (model === null) throw new EngineError('not_found', `Model "${name}" not found`, { param: 'model' })
    const own = runtimeId(model)
    const servers = holders(engine, 'ollama', name)
    if (own === null && servers.length === 0) {
      const provider = model.holders[0]?.provider ?? 'unknown'
      throw new EngineError('unsupported', `Provider "${provider}" does not support model unloading`)
    }
    if (own !== null) await engine.runtime.unload(own)
    await unloadAll(exchange, servers)
    sendJson(exchange, 200, { status: true })
  })
}

/** Every model once: of equal ids Ollama's entry stands, then the OpenAI family's, then our own. */
function listed(engine: Engine): { entry: Record<string, unknown>; model: CatalogModel | null }[] {
  const entries = new Map<string, Record<string, unknown>>()
  const shown = new Set<CatalogModel>()
  if (engine.connections.familyEnabled('openai')) {
    for (const entry of openAiList(openAiSources(engine))) entries.set(String(entry.id), openAiModelEntry(entry))
  }
  if (engine.connections.familyEnabled('ollama')) {
    for (const entry of ollamaList(ollamaSources(engine))) entries.set(entry.model, ollamaModelEntry(entry))
  }
  const list = [...entries].map(([id, entry]) => {
    const model = engine.catalog.find(id)
    if (model !== null) shown.add(model)
    return { entry: model === null ? entry : { ...entry, ...catalogFacts(model) }, model }
  })
  const own = engine.catalog.list().filter((model) => runtimeId(model) !== null && !shown.has(model))
  return [...list, ...own.map((model) => ({ entry: { ...ownModelEntry(model), ...catalogFacts(model) }, model }))]
}
