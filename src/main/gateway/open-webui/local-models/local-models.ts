import { z } from 'zod'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import { registeredModelId } from '../../../engine/spec/local-model-id.ts'
import { isAdmin } from '../../../engine/spec/principal.ts'
import type { Exchange } from '../../exchange.ts'
import { sendJson } from '../../respond.ts'
import { forClient } from '../../run-answer.ts'
import { readForm } from '../read-form.ts'
import { askedFile, mayKnow, queriedId } from './asked-model.ts'
import { jsonName, loadOptionsFromJson, loadOptionsJsonSchema, renamed, sentenceToJson } from './load-options-json.ts'
import { localModelToJson, metricsToJson } from './local-model-json.ts'

const id = z.string().min(1)
const loadSchema = z.object({ id, options: loadOptionsJsonSchema.nullish() })
const unloadSchema = z.object({ id })
const validateSchema = z.object({ id, options: z.record(z.string(), z.unknown()) })
const parametersSchema = z.object({ id, options: loadOptionsJsonSchema })
const metadataSchema = z.object({ metadata: z.record(z.string(), z.unknown()) })

/** GET /api/v1/models/local: every GGUF model of this machine, with its state. */
export function localModels(exchange: Exchange): void {
  const { runtime } = exchange.gateway.engine
  sendJson(exchange, 200, { data: runtime.files().map((file) => localModelToJson(file, true)) })
}

/** GET /api/v1/models/local/loaded: those in memory (or on their way there or out) that the caller may use. */
export function loadedModels(exchange: Exchange): void {
  const { runtime } = exchange.gateway.engine
  const forAdmin = isAdmin(exchange.principal)
  const files = runtime.files().filter((file) => file.loaded !== null && mayKnow(exchange, file))
  sendJson(exchange, 200, { data: files.map((file) => localModelToJson(file, forAdmin)) })
}

/** GET /api/v1/models/local/model?id= */
export function localModel(exchange: Exchange): void {
  sendModel(exchange, queriedId(exchange))
}

/** GET /api/v1/models/local/metrics?id=: `metrics` is null while it never was loaded nor asked for anything. */
export function modelMetrics(exchange: Exchange): void {
  const file = askedFile(exchange, queriedId(exchange))
  const metrics = exchange.gateway.engine.runtime.metrics(file.id)
  sendJson(exchange, 200, { id: file.id, metrics: metrics === null ? null : metricsToJson(metrics) })
}

/** POST /api/v1/models/local/load: answered once it is loaded; given up if the client leaves before. */
export async function loadModel(exchange: Exchange): Promise<void> {
  const form = await readForm(exchange, loadSchema)
  const file = askedFile(exchange, form.id)
  return forClient(exchange, async (signal) => {
    await exchange.gateway.engine.runtime.load(file.id, loadOptionsFromJson(form.options ?? {}), signal)
    sendModel(exchange, file.id)
  })
}

/** POST /api/v1/models/local/unload: no error if it is not loaded. */
export async function unloadLocalModel(exchange: Exchange): Promise<void> {
  const form = await readForm(exchange, unloadSchema)
  const file = askedFile(exchange, form.id)
  await exchange.gateway.engine.runtime.unload(file.id)
  sendModel(exchange, file.id)
}

/** GET /api/v1/models/local/metadata?id=: notes beside any model, also beside a preset or one of another server. */
export function modelMetadata(exchange: Exchange): void {
  const { modelMetadata: notes } = exchange.gateway.engine
  const noted = notedId(exchange)
  sendJson(exchange, 200, { id: noted, metadata: notes.get(noted) })
}

/** POST /api/v1/models/local/metadata?id=: takes the place of what was noted before; an empty object takes it away. */
export async function saveModelMetadata(exchange: Exchange): Promise<void> {
  const noted = notedId(exchange)
  const { metadata } = await readForm(exchange, metadataSchema)
  exchange.gateway.engine.modelMetadata.save(noted, metadata)
  modelMetadata(exchange)
}

/** POST /api/v1/models/local/validate: what is wrong with load options for this model here; nothing is changed. */
export async function validateOptions(exchange: Exchange): Promise<void> {
  const form = await readForm(exchange, validateSchema)
  const file = askedFile(exchange, form.id)
  const errors = await problems(exchange, file.id, form.options)
  sendJson(exchange, 200, { valid: errors.length === 0, errors })
}

/**
 * POST /api/v1/models/local/parameters: saved beside the options saved before. A loaded model takes at once how long it
 * stays; the rest holds from its next load. Options that `validate` finds fault with are refused.
 */
export async function updateParameters(exchange: Exchange): Promise<void> {
  const form = await readForm(exchange, parametersSchema)
  const file = askedFile(exchange, form.id)
  const errors = await problems(exchange, file.id, form.options)
  if (errors.length > 0) throw new EngineError('invalid_request', errors.join(' '), { param: 'options' })
  const options = loadOptionsFromJson(form.options)
  const { applied, fromNextLoad } = await exchange.gateway.engine.runtime.updateLoaded(file.id, options)
  sendJson(exchange, 200, { applied: applied.map(jsonName), from_next_load: fromNextLoad.map(jsonName) })
}

function sendModel(exchange: Exchange, modelId: string): void {
  sendJson(exchange, 200, localModelToJson(askedFile(exchange, modelId), isAdmin(exchange.principal)))
}

function notedId(exchange: Exchange): string {
  const asked = queriedId(exchange)
  exchange.model = asked
  return registeredModelId(exchange.gateway.engine, asked)
}

async function problems(exchange: Exchange, fileId: string, given: Record<string, unknown>): Promise<string[]> {
  const { options, unknown } = renamed(given)
  const sentences = await exchange.gateway.engine.runtime.validate(fileId, options)
  return [...unknown.map((name) => `"${name}" is no load option.`), ...sentences.map(sentenceToJson)]
}
