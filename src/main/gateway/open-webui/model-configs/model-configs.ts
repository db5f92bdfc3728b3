import { z } from 'zod'
import type { ModelDefaults } from '#shared/presets.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import type { Exchange } from '../../exchange.ts'
import { sendJson } from '../../respond.ts'
import { readForm } from '../read-form.ts'

/** Open WebUI writes both lists of ids as one text with commas; lists are taken as well. */
const ids = z.union([z.string(), z.array(z.string())]).nullish()
const configSchema = z.looseObject({
  DEFAULT_MODELS: ids,
  DEFAULT_PINNED_MODELS: ids,
  MODEL_ORDER_LIST: z.array(z.string()).max(10_000).nullish(),
  DEFAULT_MODEL_METADATA: z.record(z.string(), z.unknown()).nullish(),
  DEFAULT_MODEL_PARAMS: z.record(z.string(), z.unknown()).nullish(),
})
const connectionsSchema = z.looseObject({
  ENABLE_DIRECT_CONNECTIONS: z.boolean().nullish(),
  ENABLE_BASE_MODELS_CACHE: z.boolean().nullish(),
})

/** GET /api/v1/configs/models */
export function modelConfig(exchange: Exchange): void {
  sendJson(exchange, 200, configToJson(exchange.gateway.engine.presets.defaults()))
}

/** POST /api/v1/configs/models: fields that are left out stay, null empties them. */
export async function updateModelConfig(exchange: Exchange): Promise<void> {
  const { presets } = exchange.gateway.engine
  const form = await readForm(exchange, configSchema)
  const now = presets.defaults()
  const next: ModelDefaults = {
    ...now,
    defaultModels: form.DEFAULT_MODELS === undefined ? now.defaultModels : idsOf(form.DEFAULT_MODELS),
    pinnedModels: form.DEFAULT_PINNED_MODELS === undefined ? now.pinnedModels : idsOf(form.DEFAULT_PINNED_MODELS),
    order: form.MODEL_ORDER_LIST === undefined ? now.order : (form.MODEL_ORDER_LIST ?? []),
    meta: form.DEFAULT_MODEL_METADATA === undefined ? now.meta : (form.DEFAULT_MODEL_METADATA ?? {}),
    params: form.DEFAULT_MODEL_PARAMS === undefined ? now.params : (form.DEFAULT_MODEL_PARAMS ?? {}),
  }
  sendJson(exchange, 200, configToJson(presets.setDefaults(next, exchange.principal)))
}

/** GET /api/v1/configs/models/defaults: for everybody, so without parameters and without models that are not theirs. */
export function modelDefaults(exchange: Exchange): void {
  const { presets, access } = exchange.gateway.engine
  const { defaultModels, pinnedModels, meta } = presets.defaults()
  const usable = (id: string): boolean => access.mayUse(exchange.principal, id)
  sendJson(exchange, 200, {
    DEFAULT_MODELS: defaultModels.filter(usable).join(','),
    DEFAULT_PINNED_MODELS: pinnedModels.filter(usable).join(','),
    DEFAULT_MODEL_METADATA: meta,
  })
}

/** GET /api/v1/configs/connections: both are fixed here. */
export function connectionsConfig(exchange: Exchange): void {
  sendJson(exchange, 200, { ENABLE_DIRECT_CONNECTIONS: false, ENABLE_BASE_MODELS_CACHE: true })
}

/** POST /api/v1/configs/connections: refused where it asks for what there is not. */
export async function updateConnectionsConfig(exchange: Exchange): Promise<void> {
  const form = await readForm(exchange, connectionsSchema)
  if (form.ENABLE_DIRECT_CONNECTIONS === true) {
    throw new EngineError(
      'unsupported',
      'Connections from the browser straight to a provider are not supported: every request goes through Switchyard.',
      { param: 'ENABLE_DIRECT_CONNECTIONS' },
    )
  }
  if (form.ENABLE_BASE_MODELS_CACHE === false) {
    throw new EngineError('unsupported', 'The list of models is always kept; this cannot be switched off.', {
      param: 'ENABLE_BASE_MODELS_CACHE',
    })
  }
  connectionsConfig(exchange)
}

function idsOf(given: string | string[] | null): string[] {
  const list = typeof given === 'string' ? given.split(',') : (given ?? [])
  return [...new Set(list.map((id) => id.trim()).filter((id) => id !== ''))]
}

function configToJson(defaults: ModelDefaults): Record<string, unknown> {
  return {
    DEFAULT_MODELS: defaults.defaultModels.join(','),
    DEFAULT_PINNED_MODELS: defaults.pinnedModels.join(','),
    MODEL_ORDER_LIST: defaults.order,
    DEFAULT_MODEL_METADATA: defaults.meta,
    DEFAULT_MODEL_PARAMS: defaults.params,
  }
}
