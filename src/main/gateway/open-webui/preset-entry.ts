import type { Preset } from '#shared/presets.ts'

type Entry = Record<string, unknown>

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
  const { tags, ...facts } = recordFacts(record, seesGrants)
  return { ...base, name: record.name === '' ? base.name : record.name, ...facts, ...(hasItems(tags) ? { tags } : {}) }
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
    actions: [],
    filters: [],
    tags: tagsOf(meta.tags),
  }
}

function grantEntry({ principalType, principalId, permission }: Preset['grants'][number]): Entry {
  return { principal_type: principalType, principal_id: principalId, permission }
}

/** Tags may be texts or `{name}`. */
function tagsOf(tags: unknown): { name: string }[] {
  if (!Array.isArray(tags)) return []
  return tags.flatMap((tag: unknown) => {
    const name = typeof tag === 'object' && tag !== null && 'name' in tag ? tag.name : tag
    return typeof name === 'string' ? [{ name }] : []
  })
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}
