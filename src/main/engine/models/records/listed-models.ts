import { getByName } from '#shared/model-name.ts'
import type { Access } from '../../spec/access.ts'
import type { Catalog } from '../../spec/engine.ts'
import type { ListedModel, ModelResolver, Presets } from '../../spec/presets.ts'
import { isMember, type Principal } from '../../spec/principal.ts'
import { recordOf } from './base-chain.ts'
import type { RecordTable } from './record-table.ts'

/** People whose lists are kept; beyond it, the one that has waited longest for its next question goes. */
const KEPT_LISTS = 64

interface ListedModelsOptions {
  table: RecordTable
  catalog: Pick<Catalog, 'list' | 'find'>
  access: () => Access
  resolver: () => Pick<ModelResolver, 'follow'>
  order(): readonly string[]
}

export interface ListedModels extends Pick<Presets, 'listed' | 'all'> {
  /** Forgets what it worked out: records, base models, defaults or decisions have changed. */
  forget(): void
}

/** Base models with what a person made of them, and presets over them. Worked out once per person and change. */
export function createListedModels(options: ListedModelsOptions): ListedModels {
  const { table, catalog, access, resolver, order } = options
  let all: readonly ListedModel[] | null = null
  const lists = new Map<string, readonly ListedModel[]>()

  function workOut(): ListedModel[] {
    const bases = catalog.list().flatMap((base): ListedModel[] => {
      const known = recordOf(base.id, table.find)
      // A preset under a base model's id does not count: the base model wins.
      const record = known?.baseModelId === null ? known : null
      if (record?.isActive === false) return []
      return [{ id: base.id, name: record?.name ?? base.name, base, record, isPreset: false }]
    })
    return sorted([...bases, ...presets()], order())
  }

  /** Those whose way leads to a base model, or to the fallback model in its place. */
  function presets(): ListedModel[] {
    const { follow } = resolver()
    const found: ListedModel[] = []
    for (const record of table.all()) {
      if (record.baseModelId === null || !record.isActive || catalog.find(record.id) !== null) continue
      const { state, base } = follow(record.id)
      if (state !== 'ready' || base === null) continue
      found.push({ id: record.id, name: record.name, base, record, isPreset: true })
    }
    return found.sort(byName)
  }

  function allModels(): readonly ListedModel[] {
    all ??= workOut()
    return all
  }

  return {
    all: () => [...allModels()],
    listed(principal) {
      if (!isMember(principal)) return []
      const key = keyOf(principal)
      let list = lists.get(key)
      if (list === undefined) {
        const rules = access()
        list = allModels().filter(
          ({ id, record }) =>
            rules.mayUse(principal, id) && (record?.meta.hidden !== true || rules.mayWrite(principal, record)),
        )
      }
      lists.delete(key)
      lists.set(key, list)
      const [oldest] = lists.keys()
      if (lists.size > KEPT_LISTS && oldest !== undefined) lists.delete(oldest)
      return [...list]
    },
    forget() {
      all = null
      lists.clear()
    },
  }
}

/** Everything about a person that decisions depend on: a key may narrow what its person could do. */
function keyOf({ kind, id, role, groupIds, key }: Principal): string {
  return JSON.stringify([kind, id, role, groupIds, key?.scopes ?? null])
}

/** With an order, its models come first and the others by name; without one, all stay as they are. */
function sorted(models: ListedModel[], order: readonly string[]): ListedModel[] {
  if (order.length === 0) return models
  const positions = new Map(order.map((id, index) => [id, index]))
  const position = ({ id }: ListedModel): number => getByName(positions, id) ?? order.length
  return models.sort((left, right) => position(left) - position(right) || byName(left, right))
}

function byName(left: ListedModel, right: ListedModel): number {
  const names = [left.name.toLowerCase(), right.name.toLowerCase()] as const
  return names[0] < names[1] ? -1 : names[0] > names[1] ? 1 : left.id < right.id ? -1 : 1
}
