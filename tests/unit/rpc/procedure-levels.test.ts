import { expect, test } from 'vitest'
import { ANONYMOUS, OWNER, type Principal } from '../../../src/main/engine/spec/principal.ts'
import { refusalFor } from '../../../src/main/rpc/check-level.ts'
import { levelOf, PROCEDURE_LEVELS } from '../../../src/main/rpc/procedure-levels.ts'
import { contract } from '../../../src/shared/contract.ts'
import { testPerson } from '../../support/chat-rights.ts'

const PATHS = Object.entries(contract).flatMap(([area, procedures]) =>
  Object.keys(procedures).map((name) => [area, name]),
)

test('every procedure of the contract has a level, and every level is of one', () => {
  expect(PATHS.length).toBeGreaterThan(100)
  expect(PATHS.filter((path) => levelOf(path) === null)).toEqual([])
  const listed = Object.entries(PROCEDURE_LEVELS).flatMap(([area, names]) =>
    Object.keys(names).map((name) => [area, name]),
  )
  expect(listed.sort()).toEqual(PATHS.sort())
})

test('names of the language are no procedures', () => {
  for (const path of [
    ['constructor'],
    ['chats', 'toString'],
    ['__proto__', 'x'],
    ['chats'],
    [],
    ['chats', 'list', 'x'],
  ]) {
    expect(levelOf(path)).toBeNull()
  }
})

const key = (scopes: NonNullable<Principal['key']>['scopes']) => ({ id: 'k', name: 'script', scopes })
const PEOPLE: [string, Principal, ProcedureCodes][] = [
  ['the owner', OWNER, { public: null, 'signed-in': null, member: null, admin: null }],
  [
    'an administrator',
    testPerson('a', { role: 'admin' }),
    { public: null, 'signed-in': null, member: null, admin: null },
  ],
  [
    'an administrator’s key with the scope admin',
    testPerson('a', { role: 'admin', key: key(['admin']) }),
    { public: null, 'signed-in': null, member: null, admin: null },
  ],
  [
    'an administrator’s key without it',
    testPerson('a', { role: 'admin', key: key(['models', 'chat', 'embeddings', 'presets']) }),
    { public: null, 'signed-in': 'forbidden', member: 'forbidden', admin: 'forbidden' },
  ],
  [
    'a person’s key with the scope admin',
    testPerson('b', { key: key(['admin']) }),
    { public: null, 'signed-in': null, member: null, admin: 'forbidden' },
  ],
  ['a person', testPerson('b'), { public: null, 'signed-in': null, member: null, admin: 'forbidden' }],
  [
    'someone who waits',
    testPerson('c', { role: 'pending' }),
    { public: null, 'signed-in': null, member: 'forbidden', admin: 'forbidden' },
  ],
  ['a stranger', ANONYMOUS, { public: null, 'signed-in': 'auth_failed', member: 'auth_failed', admin: 'auth_failed' }],
]
type ProcedureCodes = Record<'public' | 'signed-in' | 'member' | 'admin', string | null>

test.each(PEOPLE)('%s', (_who, principal, expected) => {
  for (const path of PATHS) {
    const level = levelOf(path)
    if (level === null) throw new Error(`no level: ${path.join('.')}`)
    expect(refusalFor(path, principal)?.code ?? null, path.join('.')).toBe(expected[level])
  }
})

test('what changes the instance, its people or its connections is for administrators', () => {
  const open = PATHS.filter((path) => levelOf(path) !== 'admin').map((path) => path.join('.'))
  expect(open.filter((path) => /^(connections|jobs|ollama|sharing)\./.test(path))).toEqual([])
  expect(open.filter((path) => path.startsWith('models.'))).toEqual(['models.catalog'])
  expect(open.filter((path) => path.startsWith('settings.'))).toEqual(['settings.get'])
  expect(open.filter((path) => path.startsWith('team.')).sort()).toEqual([
    'team.createKey',
    'team.directory',
    'team.keys',
    'team.revokeKey',
    'team.session',
    'team.sessions',
    'team.signOutEverywhere',
  ])
})
