import { EVERYONE, type Grant } from '#shared/access.ts'
import type { Principal } from '../spec/principal.ts'

/**
 * Whether some grant gives the person this right: theirs, one of their groups', everyone's (`user` `*`), anyone's. As in
 * Open WebUI, `write` does not imply `read`.
 */
export function isGranted(grants: readonly Grant[], { id, groupIds }: Principal, right: Grant['permission']): boolean {
  for (const { principalType, principalId, permission } of grants) {
    if (permission !== right) continue
    switch (principalType) {
      case 'anyone':
        return true
      case 'user':
        if (principalId === EVERYONE || principalId === id) return true
        break
      case 'group':
        if (groupIds.includes(principalId)) return true
        break
    }
  }
  return false
}
