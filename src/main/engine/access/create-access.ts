import type { CatalogModel } from '#shared/models.ts'
import type { Preset } from '#shared/presets.ts'
import type { Access } from '../spec/access.ts'
import type { ConnectionSet } from '../spec/connections.ts'
import type { Catalog } from '../spec/engine.ts'
import type { ModelResolver } from '../spec/presets.ts'
import { isAdmin, isMember, type Principal } from '../spec/principal.ts'
import type { Sharing } from '../spec/sharing.ts'
import type { Team } from '../spec/team.ts'
import { unknownModel } from '../spec/unknown-model.ts'
import { DecisionCache } from './decision-cache.ts'
import { isGranted } from './grants.ts'

export interface AccessOptions {
  resolver: Pick<ModelResolver, 'follow'>
  catalog: Pick<Catalog, 'onChange'>
  connections: ConnectionSet
  team: Pick<Team, 'settings' | 'onChange'>
  sharing: Pick<Sharing, 'guestsMaySpend' | 'onChange'>
  /** BYPASS_MODEL_ACCESS_CONTROL, BYPASS_ADMIN_ACCESS_CONTROL. */
  environment: Readonly<Record<string, string | undefined>>
  /** Told of every change of a record, and of the defaults with the fallback model. */
  onRecordsChange: (listener: () => void) => () => void
}

/** The one decision about models. It never asks a clock, a disk or a network. */
export function createAccess(options: AccessOptions): Access {
  const { resolver, connections, team, sharing, environment } = options
  const everyoneMay = flag(environment.BYPASS_MODEL_ACCESS_CONTROL, false)
  const adminsMay = flag(environment.BYPASS_ADMIN_ACCESS_CONTROL, true)
  const decisions = new DecisionCache()
  const listeners = new Set<() => void>()

  const forget = (): void => {
    decisions.clear()
    for (const listener of [...listeners]) listener()
  }
  options.onRecordsChange(forget)
  options.catalog.onChange(forget)
  connections.onChange(forget)
  team.onChange(forget)
  sharing.onChange(forget)

  /** Whoever runs the instance. A key of theirs chats with what they may chat with, whatever else it may not do. */
  const administers = ({ kind, role }: Principal): boolean => kind === 'owner' || role === 'admin'

  const mayRunAway = (principal: Principal): boolean =>
    isMember(principal) && (administers(principal) || sharing.guestsMaySpend())

  function decide(principal: Principal, modelId: string): boolean | null {
    const { state, chain, base } = resolver.follow(modelId)
    if (state === 'unknown') return null
    // The override of a base model that is gone, like a record that is switched off, is not a model.
    if (state === 'inactive' || (base === null && chain.every(isOverride))) return false
    if (base !== null && !mayRunAway(principal) && base.holders.every(isAway)) return false
    if (principal.kind === 'owner' || everyoneMay || (adminsMay && principal.role === 'admin')) return true
    for (const record of chain) {
      // Who made an override made nothing of their own: the base model is not theirs.
      const owns = !isOverride(record) && record.ownerId === principal.id
      if (!owns && !isGranted(record.grants, principal, 'read')) return false
    }
    // Whose base is missing may be told so by those who may read the record.
    if (base === null) return true
    const last = chain.at(-1)
    return (last !== undefined && isOverride(last)) || base.holders.some(isForEveryone)
  }

  function isAway({ connectionId, place }: CatalogModel['holders'][number]): boolean {
    return (connections.find(connectionId)?.place ?? place) === 'away'
  }

  /** What a connection says where the model says nothing itself. */
  function isForEveryone({ connectionId, provider }: CatalogModel['holders'][number]): boolean {
    const config = connections.find(connectionId)?.config
    if (config === undefined) return false
    if (config !== null) return config.visibility === 'everyone'
    return provider === 'llama' && team.settings().modelsHere === 'everyone'
  }

  function mayUse(principal: Principal, modelId: string): boolean {
    if (!isMember(principal)) return false
    const known = decisions.get(principal, modelId)
    if (known !== undefined) return known
    const decision = decide(principal, modelId)
    // Ids that nothing has are without number.
    if (decision !== null) decisions.set(principal, modelId, decision)
    return decision ?? false
  }

  const hasRight = (principal: Principal, record: Preset, rights: readonly ('read' | 'write')[]): boolean =>
    isMember(principal) &&
    (principal.kind === 'owner' ||
      isAdmin(principal) ||
      record.ownerId === principal.id ||
      rights.some((right) => isGranted(record.grants, principal, right)))

  return {
    mayUse,
    maySee: (principal, record) => hasRight(principal, record, ['read', 'write']),
    mayWrite: (principal, record) => hasRight(principal, record, ['write']),
    mayRunAway,
    requireModel(principal, modelId) {
      if (!mayUse(principal, modelId)) throw unknownModel(modelId)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

function isOverride({ baseModelId }: Preset): boolean {
  return baseModelId === null
}

function flag(text: string | undefined, otherwise: boolean): boolean {
  const word = text?.trim().toLowerCase() ?? ''
  if (word === '') return otherwise
  return word === 'true' || word === '1' || word === 'yes' || word === 'on'
}
