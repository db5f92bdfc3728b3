import { expect, it } from 'vitest'
import { createAuthentication } from '../../../src/main/engine/team/authentication.ts'
import { hashOf } from '../../../src/main/engine/team/secrets-of-ours.ts'
import { testPerson } from '../../support/test-access.ts'

/**
 * The store is asked by hash, and how an index compares takes a different time for a different beginning. So what it
 * gives back is compared once more as a whole, by node's own comparison of equal duration: a row that was found by
 * half its hash is nobody's.
 */
it('what the store found is compared as a whole hash, not believed', () => {
  const right = `swy_${'a'.repeat(43)}`
  const alike = `swy_${'b'.repeat(43)}`
  const asked: Buffer[] = []
  const authenticate = createAuthentication({
    storage: {
      sessions: {
        // A store that mistakes everything for the one session it has.
        byHash: (hash: Buffer) => {
          asked.push(hash)
          return { id: 's', personId: 'p', tokenHash: hashOf(right), expiresAt: 9e9 }
        },
      },
    },
    settings: { get: () => ({ apiKeys: true }) },
    principals: { ofPerson: () => testPerson('p') },
    changes: { version: () => 1 },
    lastSeen: { saw: () => {} },
    clock: { now: () => 0 },
  } as never)
  expect(authenticate(right)).toMatchObject({ ok: true })
  expect(authenticate(alike)).toEqual({ ok: false, why: 'invalid' })
  // Remembered answers are no way around it.
  expect(authenticate(alike)).toEqual({ ok: false, why: 'invalid' })
  expect(asked.every((hash) => hash.length === 32)).toBe(true)
})
