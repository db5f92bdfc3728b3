import { randomUUID } from 'node:crypto'
import { OWNER_ID } from '#shared/access.ts'
import { type ApiKey, type NewKey, newKeySchema } from '#shared/team.ts'
import type { Clock } from '../spec/clock.ts'
import { EngineError } from '../spec/engine-error.ts'
import { isAdmin, type Principal } from '../spec/principal.ts'
import type { Storage } from '../storage/index.ts'
import { mayHaveKeys } from './authentication.ts'
import type { LastSeen } from './last-seen.ts'
import { read } from './person-input.ts'
import type { Principals } from './principals.ts'
import { hashOf, newApiKey } from './secrets-of-ours.ts'
import type { TeamChanges } from './team-changes.ts'
import { inSeconds, notFound, requireSelfOrAdmin } from './team-rules.ts'
import type { TeamSettingsRecord } from './team-settings.ts'

const MOST_OF_ONE = 100

interface ApiKeysOptions {
  storage: Storage
  settings: TeamSettingsRecord
  principals: Principals
  changes: TeamChanges
  lastSeen: LastSeen
  clock: Clock
}

/** API keys: of oneself; administrators also for others who are none, the owner for everyone. */
export interface ApiKeys {
  create(personId: string, input: NewKey, by: Principal): { key: ApiKey; secret: string }
  list(personId: string | null): ApiKey[]
  revoke(id: string, by: Principal): void
}

export function createApiKeys({ storage, settings, principals, changes, lastSeen, clock }: ApiKeysOptions): ApiKeys {
  const { apiKeys } = storage

  function holder(personId: string, by: Principal): Principal {
    requireSelfOrAdmin(personId, by)
    const found = principals.ofPerson(personId, { key: null, sessionId: null })
    if (found === null) throw notFound('account', 'personId')
    const isOwnOrOwners = personId === by.id || by.kind === 'owner'
    if (!isOwnOrOwners && (personId === OWNER_ID || found.role === 'admin')) {
      throw new EngineError('forbidden', 'Administrators make their keys themselves.', { param: 'personId' })
    }
    return found
  }

  return {
    create(personId, input, by) {
      const person = holder(personId, by)
      const { name, scopes, expiresAt } = read(newKeySchema, input)
      if (!settings.get().apiKeys) {
        throw new EngineError('forbidden', 'API keys are switched off. An administrator can switch them on.', {
          param: 'apiKeys',
        })
      }
      if (!mayHaveKeys(person)) {
        throw new EngineError(
          'forbidden',
          'This account may not have API keys. An administrator can give it the permission.',
          { param: 'permissions' },
        )
      }
      if (scopes.includes('admin') && person.role !== 'admin') {
        throw new EngineError('forbidden', 'Only an administrator’s key can have the scope admin.', { param: 'scopes' })
      }
      const now = inSeconds(clock.now())
      if (expiresAt !== null && expiresAt <= now) {
        throw new EngineError('invalid_request', 'The key would have expired already. Choose a later time.', {
          param: 'expiresAt',
        })
      }
      if (apiKeys.ofPerson(personId).length >= MOST_OF_ONE) {
        throw new EngineError('conflict', `There are ${MOST_OF_ONE} keys already. Revoke some that nobody uses.`, {
          param: 'name',
        })
      }
      const { secret, start } = newApiKey()
      const key: ApiKey = {
        id: randomUUID(),
        name,
        start,
        scopes: [...new Set(scopes)],
        personId,
        createdAt: now,
        expiresAt: expiresAt === null ? null : Math.floor(expiresAt),
        lastUsedAt: null,
      }
      apiKeys.insert({ ...key, keyHash: hashOf(secret) })
      changes.changed()
      return { key, secret }
    },

    list: (personId) =>
      (personId === null ? apiKeys.all() : apiKeys.ofPerson(personId)).map((key) => ({
        ...key,
        lastUsedAt: lastSeen.key(key.id) ?? key.lastUsedAt,
      })),

    revoke(id, by) {
      const key = apiKeys.find(id)
      // Somebody else's key and none at all look the same.
      if (key === null || (key.personId !== by.id && !isAdmin(by))) throw notFound('key', 'id')
      requireSelfOrAdmin(key.personId, by)
      apiKeys.remove(id)
      changes.changed()
    },
  }
}
