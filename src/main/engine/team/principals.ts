import { OWNER_ID, type Permissions } from '#shared/access.ts'
import { OWNER, type Principal } from '../spec/principal.ts'
import type { Storage, StoredPerson } from '../storage/index.ts'
import { permissionsFor } from './permissions.ts'
import type { TeamSettingsRecord } from './team-settings.ts'

/** Who people are, as rules care. */
export interface Principals {
  /** Null for nobody. */
  ofPerson(personId: string, through: Pick<Principal, 'key' | 'sessionId'>): Principal | null
  permissionsOf(personId: string): Permissions | null
}

export function createPrincipals(storage: Storage, settings: TeamSettingsRecord): Principals {
  function permissions({ id, role }: StoredPerson): { granted: Permissions; names: string[] } {
    const groups = storage.groups.ofPerson(id)
    return {
      granted: permissionsFor(role, groups, settings.get().permissions),
      names: groups.map(({ name }) => name),
    }
  }

  return {
    ofPerson(personId, { key, sessionId }) {
      // With a key from elsewhere it is somebody who acts for the owner, and no longer whoever sits at this computer.
      if (personId === OWNER_ID) return { ...OWNER, kind: 'person', key, sessionId }
      const person = storage.people.find(personId)
      if (person === null) return null
      const { granted, names } = permissions(person)
      return {
        id: person.id,
        kind: 'person',
        role: person.role,
        name: person.name,
        email: person.email,
        groupIds: person.groupIds,
        groupNames: names,
        permissions: granted,
        key,
        sessionId,
      }
    },
    permissionsOf(personId) {
      if (personId === OWNER_ID) return OWNER.permissions
      const person = storage.people.find(personId)
      return person === null ? null : permissions(person).granted
    },
  }
}
