import { z } from 'zod'
import type { CatalogModel } from '#shared/models.ts'
import type { Engine } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { isAdmin } from '../../engine/spec/principal.ts'
import {
  catalogFacts,
  ollamaModelEntry,
  openAiModelEntry,
  ownModelEntry,
} from '../../engine/wire/open-webui/model-list.ts'
import { ollamaList } from '../../engine/wire/open-webui/ollama-list.ts'
import { openAiList } from '../../engine/wire/open-webui/openai-list.ts'
import type { Exchange } from '../exchange.ts'
import { runtimeId } from '../ollama/load-model.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { holders, lookAgain, members } from './connection-family.ts'
import { modelOf, ollamaSources, openAiSources } from './list-sources.ts'
import { unloadAll } from './ollama-manage.ts'
import { overriddenEntry, presetEntry, toldEntry } from './preset-entry.ts'
import { readForm } from './read-form.ts'

type Entry = Record<string, unknown>

const unloadSchema = z.object({ model: z.string() })

/** GET /api/models and /api/v1/models; with `?refresh=true` the servers are asked first. */
export async function models(exchange: Exchange): Promise<void> {
  const { engine } = exchange.gateway
  if (/^(true|1)$/i.test(new URLSearchParams(exchange.query).get('refresh') ?? '')) {
    await lookAgain(exchange, [...members(engine, 'ollama'), ...members(engine, 'openai')])
  }
  sendJson(exchange, 200, { data: entriesFor(exchange) })
}

/** GET /api/models/base: what the providers offer, unfiltered. */
export function baseModels(exchange: Exchange): void {
  sendJson(exchange, 200, { data: offered(exchange.gateway.engine).map(({ entry }) => entry) })
}

/** POST /api/models/unload: wherever the model is in memory. */
export async function unloadModel(exchange: Exchange): Promise<void> {
  const { model: name } = await readForm(exchange, unloadSchema)
  exchange.model = name
  const { engine } = exchange.gateway
  return forClient(exchange, async () => {
    // Presets are unloaded with their base.
    const base = engine.resolver.resolve(name)?.baseModelId
    const model = base === undefined ? null : engine.catalog.find(base)
    if (model === null) throw new EngineError('not_found', `Model "${name}" not found`, { param: 'model' })
    const own = runtimeId(model)
    const servers = holders(engine, 'ollama', model.id)
    if (own === null && servers.length === 0) {
      const provider = model.holders[0]?.provider ?? 'unknown'
      throw new EngineError('unsupported', `Provider "${provider}" does not support model unloading`)
    }
    if (own !== null) await engine.runtime.unload(own)
    await unloadAll(exchange, servers)
    sendJson(exchange, 200, { status: true })
  })
}

/** What the caller may use: base models as their providers list them, with what overrides say, and presets. */
function entriesFor(exchange: Exchange): Entry[] {
  const { principal, gateway } = exchange
  const { access, presets } = gateway.engine
  const byModel = new Map<string, Entry[]>()
  const unknown: Entry[] = []
  for (const { entry, model } of offered(gateway.engine)) {
    const known = model === null ? unknown : byModel.get(model.id)
    if (known !== undefined) known.push(entry)
    else if (model !== null) byModel.set(model.id, [entry])
  }
  const listed = presets.listed(principal).filter(({ base }) => base.state !== 'unavailable')
  const entries = listed.flatMap(({ base, record, isPreset }) => {
    const own = byModel.get(base.id) ?? []
    const [first] = own
    if (first === undefined || record === null) return own
    const seesGrants = access.mayWrite(principal, record)
    if (isPreset) return [presetEntry(record, first, seesGrants)]
    return own.map((entry) => overriddenEntry(record, entry, seesGrants))
  })
  const { profile_image_url: _picture, ...defaults } = presets.defaults().meta
  // What a server lists and the catalog does not know has no rules that could allow it to somebody.
  return [...entries, ...(isAdmin(principal) ? unknown : [])].map((entry) => toldEntry(entry, defaults))
}

/**
 * Every model that is offered once, under its id in the catalog: of equal ones Ollama's entry stands, then the OpenAI
 * family's, then our own.
 */
function offered(engine: Engine): { entry: Entry; model: CatalogModel | null }[] {
  const entries = new Map<string, Entry>()
  const idOf = modelOf(engine)
  const shown = new Set<CatalogModel>()
  if (engine.connections.familyEnabled('openai')) {
    for (const entry of openAiList(openAiSources(engine), idOf)) {
      entries.set(idOf(String(entry.id)), openAiModelEntry(entry))
    }
  }
  if (engine.connections.familyEnabled('ollama')) {
    for (const entry of ollamaList(ollamaSources(engine), idOf)) entries.set(idOf(entry.model), ollamaModelEntry(entry))
  }
  const list = [...entries].map(([id, entry]) => {
    const model = engine.catalog.find(id)
    if (model !== null) shown.add(model)
    return { entry: model === null ? entry : { ...entry, id, ...catalogFacts(model) }, model }
  })
  const own = engine.catalog.list().filter((model) => runtimeId(model) !== null && !shown.has(model))
  return [...list, ...own.map((model) => ({ entry: { ...ownModelEntry(model), ...catalogFacts(model) }, model }))]
}
