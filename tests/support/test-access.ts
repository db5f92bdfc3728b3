import { createResolver } from '../../src/main/engine/models/index.ts'
import type { Access } from '../../src/main/engine/spec/access.ts'
import type { Catalog } from '../../src/main/engine/spec/engine.ts'
import type { ModelResolver } from '../../src/main/engine/spec/presets.ts'
import type { Principal } from '../../src/main/engine/spec/principal.ts'
import { systemClock } from '../../src/main/engine/spec/system-clock.ts'
import { DEFAULT_PERMISSIONS } from '../../src/shared/access.ts'
import type { ModelDefaults, Preset } from '../../src/shared/presets.ts'

export const NO_DEFAULTS: ModelDefaults = {
  params: {},
  meta: {},
  fallbackModelId: null,
  defaultModels: [],
  pinnedModels: [],
  order: [],
}

/** Everything is everyone's. */
export function openAccess(): Access {
  return {
    mayUse: () => true,
    maySee: () => true,
    mayWrite: () => true,
    mayRunAway: () => true,
    requireModel: () => {},
    onChange: () => () => {},
  }
}

/** The real resolver over a catalog, without records and defaults. */
export function plainResolver(catalog: Pick<Catalog, 'find'>): ModelResolver {
  return resolverOver(catalog, [])
}

/** The real resolver over these records. The array and the defaults may change between questions. */
export function resolverOver(
  catalog: Pick<Catalog, 'find'>,
  records: readonly Preset[],
  options: { defaults?: () => ModelDefaults; clock?: typeof systemClock } = {},
): ModelResolver {
  return createResolver({
    records: { find: (id) => records.find((each) => each.id === id) ?? null, all: () => records },
    catalog,
    defaults: options.defaults ?? (() => NO_DEFAULTS),
    clock: options.clock ?? systemClock,
  })
}

/** A record with every field settable; without a base it is an override. */
export function testPreset(id: string, fields: Partial<Preset> = {}): Preset {
  return {
    id,
    baseModelId: null,
    name: id,
    params: {},
    meta: {},
    grants: [],
    isActive: true,
    ownerId: 'owner',
    createdAt: 0,
    updatedAt: 0,
    extra: {},
    ...fields,
  }
}

/** Somebody who signed in, with every field settable. */
export function testPerson(id: string, fields: Partial<Principal> = {}): Principal {
  return {
    id,
    kind: 'person',
    role: 'user',
    name: id,
    email: `${id}@example.org`,
    groupIds: [],
    groupNames: [],
    permissions: DEFAULT_PERMISSIONS,
    key: null,
    sessionId: 's1',
    ...fields,
  }
}
