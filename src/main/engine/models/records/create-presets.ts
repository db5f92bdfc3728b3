import { OWNER_ID } from '#shared/access.ts'
import type { Access } from '../../spec/access.ts'
import type { Clock } from '../../spec/clock.ts'
import type { ConnectionSet } from '../../spec/connections.ts'
import type { Catalog, Logger } from '../../spec/engine.ts'
import type { EngineEvent } from '../../spec/engine-event.ts'
import type { ModelResolver, Presets } from '../../spec/presets.ts'
import { OWNER } from '../../spec/principal.ts'
import type { Team } from '../../spec/team.ts'
import type { Storage } from '../../storage/index.ts'
import { parametersFor } from '../parameters/parameters-for.ts'
import { createTemplates } from '../templates/create-templates.ts'
import { followChain, recordOf } from './base-chain.ts'
import { createListedModels } from './listed-models.ts'
import { createModelDefaults } from './model-defaults.ts'
import { createPresetList } from './preset-list.ts'
import { createReconcile } from './reconcile-records.ts'
import { createRecordChanges } from './record-changes.ts'
import { createRecordTable, type RecordTable } from './record-table.ts'

export interface PresetsOptions {
  storage: Pick<Storage, 'presets' | 'templates' | 'documents'>
  catalog: Pick<Catalog, 'list' | 'find' | 'onChange'>
  connections: Pick<ConnectionSet, 'onChange'>
  /** Asked at the first question: decisions are made over records. Must not ask back while it is made. */
  access: () => Access
  /** Likewise. */
  resolver: () => Pick<ModelResolver, 'follow'>
  team: Pick<Team, 'person'>
  clock: Clock
  log: Logger
  /** process.env, or a test's own. */
  environment: Readonly<Record<string, string | undefined>>
  emit?: (event: EngineEvent) => void
}

/** Presets, and the records by id for whoever follows models. */
export interface PresetsWithRecords extends Presets {
  readonly records: Pick<RecordTable, 'find' | 'all' | 'revision'>
}

/** Puts the parts together that are Presets. */
export function createPresets(options: PresetsOptions): PresetsWithRecords {
  const { storage, catalog, connections, team, clock, log, environment, emit } = options
  const listeners = new Set<() => void>()
  let heardAccess = false

  /** Decisions change on their own, too (a group, a connection's visibility); heard from the first question on. */
  function access(): Access {
    const rules = options.access()
    if (!heardAccess) {
      heardAccess = true
      rules.onChange(() => models.forget())
    }
    return rules
  }

  const table = createRecordTable(storage.presets, log)
  const nameOf = (id: string): string => (id === OWNER_ID ? OWNER.name : (team.person(id)?.name ?? ''))
  const now = (): number => Math.floor(clock.now() / 1000)
  const baseModel = (id: string) => catalog.find(id)
  const defaults = createModelDefaults({
    documents: storage.documents,
    environment,
    log,
    now: () => clock.now(),
    changed,
  })
  const models = createListedModels({
    table,
    catalog,
    access,
    resolver: options.resolver,
    order: () => defaults.defaults().order,
  })
  const shared = { table, access, baseModel, now, nameOf, store: storage.presets }

  function changed(): void {
    models.forget()
    for (const listener of [...listeners]) listener()
    emit?.({ type: 'presets:changed' })
  }

  table.onChange(changed)
  catalog.onChange(() => models.forget())
  connections.onChange(() => models.forget())

  return {
    records: table,
    find: table.find,
    ...createPresetList(shared),
    ...createRecordChanges(shared),
    ...createReconcile({ ...shared, isPerson: (id) => team.person(id) !== null }),
    ...createTemplates({ store: storage.templates, now, changed: () => emit?.({ type: 'presets:changed' }) }),
    ...defaults,
    listed: models.listed,
    all: models.all,
    parameters(baseModelId) {
      if (baseModelId === null) return parametersFor(null)
      const record = recordOf(baseModelId, table.find)
      const end = record === null ? null : followChain(record, { record: table.find, baseModel }).resolvedBaseId
      return parametersFor(baseModel(end ?? baseModelId))
    },
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
