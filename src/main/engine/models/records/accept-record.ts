import { isDeepStrictEqual } from 'node:util'
import { isSameName } from '#shared/model-name.ts'
import type { CatalogModel } from '#shared/models.ts'
import { type IncomingPreset, MAX_PRESET_ID, type Preset } from '#shared/presets.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { isAdmin, type Principal } from '../../spec/principal.ts'
import { checkParams } from '../parameters/check-params.ts'
import { type ChainSources, leadsInCircle, recordOf } from './base-chain.ts'
import { allowedGrants } from './grant-rules.ts'
import { acceptMeta } from './record-meta.ts'

/** Longest name of a model, characters. */
const MAX_NAME = 512
/** Longest parameters, metadata (with its picture) and unknown fields, characters of JSON each. */
const MAX_PART = 1_000_000

/** What a record is checked against. */
export interface AcceptContext {
  by: Principal
  /** Epoch s. */
  now: number
  /** Records as they will be, for chains. */
  record: ChainSources['record']
  /** Records whose ids are taken. */
  taken: ChainSources['record']
  baseModel(id: string): CatalogModel | null
  isUnreadable(id: string): boolean
}

/**
 * A record as it would be saved: checked, normalised, and laid over the one that it replaces.
 * Throws `invalid_request` naming the field, `conflict` for an id that something else has, `forbidden`.
 */
export function acceptRecord(given: IncomingPreset, before: Preset | null, context: AcceptContext): Preset {
  const { by, now } = context
  const { id } = given
  if (id.length === 0 || id.length > MAX_PRESET_ID) {
    throw new EngineError('invalid_request', `The id of a model has 1 to ${MAX_PRESET_ID} characters.`, { param: 'id' })
  }
  // The disk keeps such ids under another name, where two of them can meet.
  if (!id.isWellFormed()) {
    throw new EngineError('invalid_request', 'The id of a model has half a character in it. Choose another id.', {
      param: 'id',
    })
  }
  const baseModelId = baseOf(given, before)
  refuseTaken(id, baseModelId, before, context)
  refuseOthersBase(baseModelId, before, by)
  // Only where it changes: a record that got into a circle otherwise can still be switched off.
  if (baseModelId !== before?.baseModelId && leadsInCircle(id, baseModelId, context.record)) {
    throw new EngineError(
      'invalid_request',
      `With the base model "${baseModelId}" the model "${id}" would lead in a circle. Choose another base model.`,
      { param: 'baseModelId' },
    )
  }
  const name = (given.name ?? before?.name ?? '').trim() || id
  if (name.length > MAX_NAME) {
    throw new EngineError('invalid_request', `The name of a model has ${MAX_NAME} characters at most.`, {
      param: 'name',
    })
  }
  const params = withoutUndefinedIn(given.params ?? before?.params ?? {})
  checkParams(params)
  const record: Preset = {
    id,
    baseModelId,
    name,
    params,
    meta: acceptMeta(withoutUndefinedIn(given.meta ?? before?.meta ?? {})),
    grants: given.grants === undefined ? (before?.grants ?? []) : allowedGrants(given.grants, before?.grants ?? [], by),
    isActive: given.isActive ?? before?.isActive ?? true,
    ownerId: given.ownerId ?? before?.ownerId ?? by.id,
    createdAt: given.createdAt ?? before?.createdAt ?? now,
    updatedAt: given.updatedAt ?? now,
    extra: given.extra ?? before?.extra ?? {},
  }
  for (const part of ['params', 'meta', 'extra'] as const) {
    // Lists carry whole records: one of many megabytes would slow down everyone's.
    if (JSON.stringify(record[part]).length > MAX_PART) {
      throw new EngineError('invalid_request', `The ${part} of a model have ${MAX_PART} characters at most.`, {
        param: part,
      })
    }
  }
  return record
}

/** Whether saving would change anything but the time of the save. */
export function isUnchanged(before: Preset, after: Preset): boolean {
  return isDeepStrictEqual({ ...before, updatedAt: 0 }, { ...after, updatedAt: 0 })
}

/** A record over itself is one that changes the base model. */
function baseOf({ id, baseModelId }: IncomingPreset, before: Preset | null): string | null {
  const base = baseModelId === undefined ? (before?.baseModelId ?? null) : baseModelId
  return base === null || base === '' || isSameName(base, id) ? null : base
}

function refuseTaken(id: string, baseModelId: string | null, before: Preset | null, context: AcceptContext): void {
  const other = before === null ? recordOf(id, context.taken) : null
  const becomesPreset = baseModelId !== null && (before === null || before.baseModelId === null)
  // A preset under the id of a base model would take over everyone's requests to that model.
  const shadows = becomesPreset && context.baseModel(id) !== null
  if (other !== null || shadows || (before === null && context.isUnreadable(id))) throw idTaken(id)
}

/** Changing a base model for everyone, or turning such a record into something else, is for administrators. */
function refuseOthersBase(baseModelId: string | null, before: Preset | null, by: Principal): void {
  if (isAdmin(by)) return
  const wasOverride = before !== null && before.baseModelId === null
  const isOverride = baseModelId === null
  if (before === null ? !isOverride : wasOverride === isOverride) return
  throw new EngineError(
    'forbidden',
    'Only administrators change what a base model itself is for everyone. Choose a base model that yours builds on.',
    { param: 'baseModelId' },
  )
}

export function idTaken(id: string): EngineError {
  return new EngineError('conflict', `The model id "${id}" is taken. Choose another one.`, { param: 'id' })
}

/** JSON has no undefined; without this a record would differ from itself once read back. */
function withoutUndefinedIn(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined))
}
