import { OWNER_ID } from '#shared/access.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { IncomingPreset, Preset, PresetReconcile } from '#shared/presets.ts'
import type { Access } from '../../spec/access.ts'
import { isEngineError } from '../../spec/engine-error.ts'
import type { Presets } from '../../spec/presets.ts'
import { isAdmin, type Principal } from '../../spec/principal.ts'
import { acceptRecord, isUnchanged } from './accept-record.ts'
import { requireAdmin, requirePermission } from './record-rules.ts'
import type { RecordTable } from './record-table.ts'

interface ReconcileOptions {
  table: RecordTable
  access: () => Access
  baseModel(id: string): CatalogModel | null
  /** Epoch s. */
  now(): number
  isPerson(id: string): boolean
}

/** Many records at once: import, exact reconcile, export. Each record is judged for itself; all are written together. */
export function createReconcile(options: ReconcileOptions): Pick<Presets, 'importRecords' | 'sync' | 'export'> {
  const { table, access, baseModel, now, isPerson } = options

  /** Owners of another instance are nobody here: their records then belong to whoever brings them. */
  function ownerOf({ ownerId }: IncomingPreset, by: Principal): string | undefined {
    return isAdmin(by) && ownerId !== undefined && (ownerId === OWNER_ID || isPerson(ownerId)) ? ownerId : undefined
  }

  function forImport(given: IncomingPreset, before: Preset | null, by: Principal): IncomingPreset {
    if (before === null) return { ...given, ownerId: ownerOf(given, by) }
    return {
      ...given,
      meta: { ...before.meta, ...given.meta },
      extra: { ...before.extra, ...given.extra },
      ownerId: before.ownerId,
      createdAt: before.createdAt,
      updatedAt: undefined,
    }
  }

  /** What it does not say has its default, but for access, which is then left alone. */
  function forSync(given: IncomingPreset, before: Preset | null, by: Principal): IncomingPreset {
    return {
      ...given,
      baseModelId: given.baseModelId ?? null,
      name: given.name ?? given.id,
      params: given.params ?? {},
      meta: given.meta ?? {},
      isActive: given.isActive ?? true,
      extra: given.extra ?? {},
      ownerId: ownerOf(given, by) ?? before?.ownerId,
      updatedAt: before === null ? given.updatedAt : undefined,
    }
  }

  function plan(records: readonly IncomingPreset[], by: Principal, mode: 'import' | 'sync') {
    const complete = mode === 'sync' ? forSync : forImport
    const done: PresetReconcile = { created: [], updated: [], deleted: [], unchanged: [], refused: [] }
    const put: Preset[] = []
    const named = new Set<string>()
    const wanted = overlay(records, table)
    // A sync removes what it does not name, so only ids of the list are taken.
    const stays = new Set(records.map(({ id }) => id))
    const taken = (id: string) => (mode === 'import' || stays.has(id) ? table.find(id) : null)
    const context = { by, now: now(), record: wanted.find, taken, baseModel, isUnreadable: table.isUnreadable }
    for (const given of records) {
      const { id } = given
      const refuse = (reason: string): void => {
        done.refused.push({ id, reason })
        wanted.takeBack(id)
      }
      if (named.has(id)) {
        done.refused.push({ id, reason: 'The id comes twice; the first one was taken.' })
        continue
      }
      named.add(id)
      const before = table.find(id)
      if (before !== null && !access().mayWrite(by, before)) {
        refuse('The id is taken by a model that you may not change.')
        continue
      }
      try {
        const after = acceptRecord(complete(given, before, by), before, context)
        if (before !== null && isUnchanged(before, after)) done.unchanged.push(id)
        else {
          put.push(after)
          ;(before === null ? done.created : done.updated).push(id)
        }
      } catch (error) {
        if (!isEngineError(error)) throw error
        refuse(error.message)
      }
    }
    return { done, put, named }
  }

  return {
    importRecords(records, principal) {
      requirePermission(principal, 'models_import')
      const { done, put } = plan(records, principal, 'import')
      table.commit({ put }, principal.id)
      return done
    },

    sync(records, principal) {
      requireAdmin(principal)
      const { done, put, named } = plan(records, principal, 'sync')
      // A refused record of the list stays as it was: its id is one of those that are to be there.
      done.deleted = [...table.all()].flatMap(({ id }) => (named.has(id) ? [] : [id]))
      table.commit({ put, remove: done.deleted }, principal.id)
      return done
    },

    export(principal) {
      requirePermission(principal, 'models_export')
      const presets = [...table.all()].filter(({ baseModelId }) => baseModelId !== null)
      return isAdmin(principal) ? presets : presets.filter((preset) => access().mayWrite(principal, preset))
    },
  }
}

/** Records as they will be, for chains: those of a file may build on each other in any order. */
function overlay(records: readonly IncomingPreset[], table: RecordTable) {
  const coming = new Map<string, Preset>()
  for (const { id, baseModelId } of records) {
    const known = table.find(id)
    const base = baseModelId === undefined ? (known?.baseModelId ?? null) : baseModelId || null
    if (coming.has(id)) continue
    coming.set(id, { ...(known ?? NOTHING), id, baseModelId: base === id ? null : base })
  }
  return {
    find: (id: string) => coming.get(id) ?? table.find(id),
    takeBack: (id: string) => void coming.delete(id),
  }
}

const NOTHING: Omit<Preset, 'id' | 'baseModelId'> = {
  name: '',
  params: {},
  meta: {},
  grants: [],
  isActive: true,
  ownerId: '',
  createdAt: 0,
  updatedAt: 0,
  extra: {},
}
