import { z } from 'zod'
import { type IncomingPreset, MAX_PRESET_ID, type Preset, type PresetInput } from '#shared/presets.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import { isAdmin } from '../../../engine/spec/principal.ts'
import { presetFromJson } from '../../../engine/wire/open-webui/preset-json.ts'
import type { Exchange } from '../../exchange.ts'
import { hasBody } from '../../exchange.ts'
import { ACCESS_PROHIBITED } from '../../require.ts'
import { sendJson } from '../../respond.ts'
import { inWords, NOT_FOUND, UNAUTHORIZED } from '../auths/words.ts'
import { readForm } from '../read-form.ts'
import { sendPicture } from '../users/profile-picture.ts'
import { recordFor, recordToJson } from './preset-answers.ts'
import { ID_TAKEN, ID_TOO_LONG, PRESET_SAYINGS, requireWorkspace } from './preset-words.ts'

const bodySchema = z.record(z.string(), z.unknown())
/** A model may show a person's picture, by its address here. */
const PERSONS_PICTURE = /^\/api\/v1\/users\/[\w%-]+\/profile\/image$/

/** GET /api/v1/models/model?id=: a record that the caller may not see is as unknown as one that there is not. */
export function recordById(exchange: Exchange): void {
  const record = visible(exchange, askedId(exchange))
  if (record === null) throw new EngineError('not_found', NOT_FOUND)
  sendJson(exchange, 200, recordFor(exchange, record))
}

/** GET /api/v1/models/model/profile/image?id= */
export function recordPicture(exchange: Exchange): void {
  const record = visible(exchange, askedId(exchange))
  const picture = record?.meta.profile_image_url
  const otherwise = typeof picture === 'string' && PERSONS_PICTURE.test(picture) ? picture : '/static/favicon.png'
  sendPicture(exchange, picture, record?.updatedAt ?? 0, otherwise)
}

/** POST /api/v1/models/create */
export async function createRecord(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  const { presets } = gateway.engine
  const body = await readForm(exchange, bodySchema)
  requireWorkspace(principal, 'models')
  if (typeof body.id === 'string' && (body.id === '' || body.id.length > MAX_PRESET_ID)) {
    throw new EngineError('invalid_request', ID_TOO_LONG, { param: 'id' })
  }
  const form = read(body)
  if (presets.find(form.id) !== null) throw new EngineError('conflict', ID_TAKEN, { status: 401 })
  const input: PresetInput = {
    id: form.id,
    baseModelId: form.baseModelId ?? null,
    name: form.name ?? form.id,
    params: form.params ?? {},
    meta: form.meta ?? {},
    ...(form.grants === undefined ? {} : { grants: form.grants }),
    ...(form.isActive === undefined ? {} : { isActive: form.isActive }),
    ...(form.extra === undefined ? {} : { extra: form.extra }),
  }
  const record = await inWords(PRESET_SAYINGS, () => presets.create(input, principal))
  sendJson(exchange, 200, recordToJson(record))
}

/** POST /api/v1/models/model/update: what is left out stays, the base model and the picture in `meta` among it. */
export async function updateRecord(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  const body = await bodyWithId(exchange)
  const form = read(body)
  const record = writable(exchange, form.id, new EngineError('forbidden', ACCESS_PROHIBITED, { status: 400 }))
  const picture = record.meta.profile_image_url
  const input: PresetInput = {
    id: record.id,
    baseModelId: form.baseModelId === undefined ? record.baseModelId : form.baseModelId,
    name: form.name ?? record.name,
    params: form.params ?? record.params,
    meta: {
      ...(form.meta ?? record.meta),
      ...(picture !== undefined && form.meta?.profile_image_url === undefined ? { profile_image_url: picture } : {}),
    },
    isActive: form.isActive ?? record.isActive,
    extra: { ...record.extra, ...form.extra },
    ...(form.grants === undefined ? {} : { grants: form.grants }),
  }
  const updated = await inWords(PRESET_SAYINGS, () => gateway.engine.presets.update(record.id, input, principal))
  sendJson(exchange, 200, recordToJson(updated))
}

/** POST /api/v1/models/model/toggle?id=: switches it off, or on again. */
export async function toggleRecord(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  const record = writable(exchange, askedId(exchange), unauthorized())
  const toggled = await inWords(PRESET_SAYINGS, () =>
    gateway.engine.presets.setActive(record.id, !record.isActive, principal),
  )
  sendJson(exchange, 200, recordToJson(toggled))
}

/** POST /api/v1/models/model/access/update. Administrators may name a base model that has no record yet. */
export async function updateAccess(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  const { id, name, grants } = read(await bodyWithId(exchange))
  const { presets } = gateway.engine
  if (presets.find(id) !== null || !isAdmin(principal)) writable(exchange, id, unauthorized())
  if (grants === undefined) {
    throw new EngineError('invalid_request', "Missing required parameter: 'access_grants'.", {
      param: 'access_grants',
      status: 422,
    })
  }
  const record = await inWords(PRESET_SAYINGS, () => presets.setGrants(id, grants, principal, name))
  sendJson(exchange, 200, recordToJson(record))
}

/** POST and DELETE /api/v1/models/model/delete, the id in the body or, as older clients send it, in the query. */
export async function deleteRecord(exchange: Exchange): Promise<void> {
  const { id } = read(await bodyWithId(exchange))
  const record = writable(exchange, id, unauthorized())
  await inWords(PRESET_SAYINGS, () => exchange.gateway.engine.presets.remove(record.id, exchange.principal))
  sendJson(exchange, 200, true)
}

/** DELETE /api/v1/models/delete/all */
export function deleteAll(exchange: Exchange): void {
  exchange.gateway.engine.presets.removeAll(exchange.principal)
  sendJson(exchange, 200, true)
}

function askedId(exchange: Exchange): string {
  return new URLSearchParams(exchange.query).get('id') ?? ''
}

/** The body as an object; an id that it lacks comes from the query. */
async function bodyWithId(exchange: Exchange): Promise<Record<string, unknown>> {
  const body = hasBody(exchange.req) ? await readForm(exchange, bodySchema) : {}
  const id = askedId(exchange)
  return body.id === undefined && id !== '' ? { ...body, id } : body
}

function read(body: unknown): IncomingPreset {
  const reading = presetFromJson(body)
  if (reading.ok) return reading.preset
  throw new EngineError('invalid_request', reading.problem, { status: 422 })
}

function visible({ gateway, principal }: Exchange, id: string): Preset | null {
  const record = gateway.engine.presets.find(id)
  return record !== null && gateway.engine.access.maySee(principal, record) ? record : null
}

/** A record to change. Throws 401 "not found" unless the caller may see it, and `refusal` unless they may change it. */
function writable(exchange: Exchange, id: string, refusal: EngineError): Preset {
  const record = visible(exchange, id)
  if (record === null) throw new EngineError('not_found', NOT_FOUND, { status: 401 })
  if (!exchange.gateway.engine.access.mayWrite(exchange.principal, record)) throw refusal
  return record
}

function unauthorized(): EngineError {
  return new EngineError('forbidden', UNAUTHORIZED, { status: 401 })
}
