import { EVERYONE, type Grant } from '#shared/access.ts'

/** Reading and writing are two rights: who may edit a model may not for that reason use it. */
export type Right = 'read' | 'write' | 'both'

/** All grants of one person or group. */
export interface Holder {
  type: Grant['principalType']
  id: string
  right: Right
}

/** People and groups with their rights, in the order in which they were added; everyone is left out. */
export function holdersOf(grants: readonly Grant[]): Holder[] {
  const holders = new Map<string, Holder>()
  for (const { principalType: type, principalId: id, permission } of grants) {
    if (type === 'user' && id === EVERYONE && permission === 'read') continue
    const known = holders.get(`${type}:${id}`)
    holders.set(`${type}:${id}`, {
      type,
      id,
      right: known === undefined || known.right === permission ? permission : 'both',
    })
  }
  return [...holders.values()]
}

/** `grants` with other rights for one holder; null takes all of its rights away. */
export function withRight(grants: readonly Grant[], { type, id }: Omit<Holder, 'right'>, right: Right | null): Grant[] {
  const isIts = (grant: Grant): boolean =>
    grant.principalType === type &&
    grant.principalId === id &&
    // The everyone switch is read by itself.
    !(type === 'user' && id === EVERYONE && grant.permission === 'read')
  const at = grants.findIndex(isIts)
  const permissions = right === null ? [] : right === 'both' ? (['read', 'write'] as const) : [right]
  const its = permissions.map((permission): Grant => ({ principalType: type, principalId: id, permission }))
  const others = grants.filter((grant) => !isIts(grant))
  const before = at < 0 ? others.length : grants.slice(0, at).filter((grant) => !isIts(grant)).length
  return [...others.slice(0, before), ...its, ...others.slice(before)]
}

/** `grants` with or without use by everyone signed in. */
export function withEveryone(grants: readonly Grant[], everyone: boolean): Grant[] {
  const others = grants.filter(
    (grant) => !(grant.principalType === 'user' && grant.principalId === EVERYONE && grant.permission === 'read'),
  )
  return everyone ? [{ principalType: 'user', principalId: EVERYONE, permission: 'read' }, ...others] : others
}
