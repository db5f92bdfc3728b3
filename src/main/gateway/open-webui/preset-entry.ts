import type { ModelDefaults, Preset } from '#shared/presets.ts'
import { isPlainObject } from '../../engine/wire/parameters/parameter-casts.ts'

type Entry = Record<string, unknown>
type Meta = ModelDefaults['meta']

/**
 * A person-made model as /api/models lists it: the entry of its base with the record's own face. `seesGrants`: whether
 * the caller may know with whom it is shared.
 */
export function presetEntry(record: Preset, base: Entry, seesGrants: boolean): Entry {
  const { owned_by, connection_type, provider, loaded } = base
  return {
    id: record.id,
    name: record.name,
    object: 'model',
    created: record.createdAt,
    owned_by,
    connection_type,
    preset: true,
    ...(provider === undefined ? {} : { provider }),
    ...(loaded === undefined ? {} : { loaded }),
    ...recordFacts(record, seesGrants),
  }
}

/** The entry of a base model with what its override says. */
export function overriddenEntry(record: Preset, base: Entry, seesGrants: boolean): Entry {
  return { ...base, name: record.name === '' ? base.name : record.name, ...recordFacts(record, seesGrants) }
}

/**
 * An entry as it is told: with the facts that hold for all models where its record says nothing, and the tags of its
 * connection and its record. `defaults` has no picture, as no record in the list has.
 */
export function toldEntry(entry: Entry, defaults: Meta): Entry {
  const own = entry.info as { meta: Meta } | undefined
  const info = Object.keys(defaults).length === 0 ? own : { ...own, meta: withDefaults(own?.meta ?? {}, defaults) }
  const names = new Set([...tagNames(entry.tags), ...tagNames(info?.meta.tags)])
  return {
    ...entry,
    ...(info === undefined ? {} : { info }),
    actions: [],
    filters: [],
    tags: [...names].map((name) => ({ name })),
  }
}

/** Capabilities one by one, the rest as a whole. */
function withDefaults(meta: Meta, defaults: Meta): Meta {
  const missing = Object.entries(defaults).filter(([field]) => (meta[field] ?? null) === null)
  const filled = { ...meta, ...Object.fromEntries(missing) }
  if (!isPlainObject(defaults.capabilities) || !isPlainObject(meta.capabilities)) return filled
  return { ...filled, capabilities: { ...defaults.capabilities, ...meta.capabilities } }
}

/** Parameters stay out: a system prompt is for those who may change the model. So does the picture, which has its own route. */
function recordFacts(record: Preset, seesGrants: boolean): Entry {
  const { profile_image_url: _picture, ...meta } = record.meta
  return {
    info: {
      id: record.id,
      user_id: record.ownerId,
      base_model_id: record.baseModelId,
      name: record.name,
      meta,
      ...(seesGrants ? { access_grants: record.grants.map(grantEntry) } : {}),
      is_active: record.isActive,
      updated_at: record.updatedAt,
      created_at: record.createdAt,
    },
  }
}

function grantEntry({ principalType, principalId, permission }: Preset['grants'][number]): Entry {
  return { principal_type: principalType, principal_id: principalId, permission }
}

/** Tags may be texts or `{name}`. */
function tagNames(tags: unknown): string[] {
  if (!Array.isArray(tags)) return []
  return tags.flatMap((tag: unknown) => {
    const name = typeof tag === 'object' && tag !== null && 'name' in tag ? tag.name : tag
    return typeof name === 'string' ? [name] : []
  })
}
