import { z } from 'zod'
import { grantSchema, MAX_GRANTS } from '#shared/access.ts'
import type { IncomingPreset, Preset } from '#shared/presets.ts'
import { isEngineError } from '../../spec/engine-error.ts'
import { isPlainObject } from '../parameters/parameter-casts.ts'
import { parseRequest } from '../parse-request.ts'
import { accessControlFromGrants, grantsFromAccessControl } from './access-control.ts'

const grantJson = z
  .looseObject({
    principal_type: grantSchema.shape.principalType,
    principal_id: grantSchema.shape.principalId,
    permission: grantSchema.shape.permission,
  })
  .transform((given) => ({
    principalType: given.principal_type,
    principalId: given.principal_id,
    permission: given.permission,
  }))
const grantListJson = z.array(grantJson).max(MAX_GRANTS)
const listJson = z.looseObject({ models: z.array(z.unknown()) })
const fields = z.record(z.string(), z.unknown())

const recordJson = z.looseObject({
  id: z.string().min(1),
  user_id: z.string().nullish(),
  base_model_id: z.string().nullish(),
  name: z.string().nullish(),
  params: fields.nullish(),
  meta: fields.nullish(),
  access_grants: grantListJson.nullish(),
  access_control: z.unknown().optional(),
  is_active: z.union([z.boolean(), z.number().transform((flag) => flag !== 0)]).nullish(),
  created_at: z.number().nullish(),
  updated_at: z.number().nullish(),
})

/** Fields of a record that we keep ourselves, and those that Open WebUI's lists work out for whoever asks. */
const KNOWN: ReadonlySet<string> = new Set([...Object.keys(recordJson.shape), 'user', 'write_access'])

/** Epoch seconds stay below this until the year 5138; what is above is in a smaller unit. */
const LARGEST_SECONDS = 1e11

/** What came of reading one record. */
export type PresetReading = { ok: true; preset: IncomingPreset } | { ok: false; id: string | null; problem: string }

/** `both` writes the older `access_control` beside the grants where it can say the same. */
export interface PresetJsonOptions {
  form?: 'grants' | 'both'
}

/** A record as Open WebUI has it. Fields that we did not know when it came are where they were. */
export function presetToJson(preset: Preset, { form = 'grants' }: PresetJsonOptions = {}): Record<string, unknown> {
  const control = form === 'both' ? accessControlFromGrants(preset.grants) : undefined
  return {
    ...preset.extra,
    id: preset.id,
    user_id: preset.ownerId,
    base_model_id: preset.baseModelId,
    name: preset.name,
    params: preset.params,
    meta: preset.meta,
    access_grants: grantsToJson(preset.grants),
    ...(control === undefined ? {} : { access_control: control }),
    is_active: preset.isActive,
    created_at: preset.createdAt,
    updated_at: preset.updatedAt,
  }
}

/** Grants as rows of Open WebUI; a grant's id is what it says. */
export function grantsToJson(grants: Preset['grants']): Record<string, unknown>[] {
  return grants.map(({ principalType, principalId, permission }) => ({
    id: `${principalType}:${principalId}:${permission}`,
    principal_type: principalType,
    principal_id: principalId,
    permission,
  }))
}

/** Rows of Open WebUI as grants. Throws `invalid_request` that names the field. */
export function grantsFromJson(value: unknown): Preset['grants'] {
  return parseRequest(z.object({ access_grants: grantListJson }), { access_grants: value }).access_grants
}

/** One record, or the community form with the record in `info`. */
export function presetFromJson(value: unknown): PresetReading {
  const given = recordOf(value)
  const id = isPlainObject(given) && typeof given.id === 'string' ? given.id : null
  try {
    return { ok: true, preset: read(parseRequest(recordJson, given)) }
  } catch (error) {
    if (!isEngineError(error)) throw error
    return { ok: false, id, problem: error.message }
  }
}

/**
 * A whole export: an array, `{ "models": [...] }`, or a single record. Throws `invalid_request` for what is neither a
 * record nor has a list of them.
 */
export function presetsFromJson(value: unknown): PresetReading[] {
  if (Array.isArray(value)) return value.map(presetFromJson)
  if (!isPlainObject(value)) return parseRequest(listJson, value).models.map(presetFromJson)
  const isRecord = value.id !== undefined || value.info !== undefined
  if (isRecord && !Array.isArray(value.models)) return [presetFromJson(value)]
  return parseRequest(listJson, value).models.map(presetFromJson)
}

/** Community files and `/api/models` wrap the record; what the wrapping says beside is worked out anew. */
function recordOf(value: unknown): unknown {
  if (!isPlainObject(value) || !isPlainObject(value.info)) return value
  const { info } = value
  return {
    ...info,
    ...(info.id === undefined && value.id !== undefined ? { id: value.id } : {}),
    ...(info.name === undefined && value.name !== undefined ? { name: value.name } : {}),
    ...(info.user_id === undefined && value.user_id !== undefined ? { user_id: value.user_id } : {}),
  }
}

function read(given: z.output<typeof recordJson>): IncomingPreset {
  const grants = given.access_grants ?? olderGrants(given)
  const extra = Object.entries(given).filter(([field]) => !KNOWN.has(field))
  return {
    id: given.id,
    baseModelId: given.base_model_id === undefined ? undefined : given.base_model_id || null,
    name: given.name ?? undefined,
    params: given.params ?? undefined,
    meta: given.meta ?? undefined,
    grants: grants ?? undefined,
    isActive: given.is_active ?? undefined,
    ownerId: given.user_id ?? undefined,
    createdAt: seconds(given.created_at),
    updatedAt: seconds(given.updated_at),
    extra: Object.fromEntries(extra),
  }
}

/** Null is a word in the older form (everyone reads); only where the field is missing does it say nothing. */
function olderGrants(given: z.output<typeof recordJson>): Preset['grants'] | null {
  return given.access_control === undefined ? null : grantsFromAccessControl(given.access_control)
}

function seconds(time: number | null | undefined): number | undefined {
  if (time === null || time === undefined || !Number.isFinite(time) || time < 0) return undefined
  let value = time
  while (value >= LARGEST_SECONDS) value /= 1000
  return Math.floor(value)
}
