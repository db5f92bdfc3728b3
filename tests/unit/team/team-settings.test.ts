import { expect, test } from 'vitest'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { sessionLifetime } from '../../../src/main/engine/team/session-lifetime.ts'
import { createTestLog } from '../../support/test-log.ts'
import { failure, ORIGIN, openTeam, PASSWORD, plant } from './open-team.ts'

test('are kept, and what makes no sense any more falls back alone', () => {
  const { team, storage, folder, lines } = openTeam()
  expect(team.settings()).toMatchObject({
    signUp: 'request',
    apiKeys: true,
    requireSignIn: false,
    modelsHere: 'private',
  })
  team.setSettings({ signUp: 'open', pendingTitle: 'Wait' }, OWNER)
  storage.documents.save('team', { ...team.settings(), defaultRole: 'king', more: 1 }, 1)
  storage.close()
  const again = openTeam({ folder })
  expect(again.team.settings()).toMatchObject({ signUp: 'open', pendingTitle: 'Wait', defaultRole: 'user' })
  expect(again.lines.map(({ fields }) => fields.setting)).toContain('defaultRole')
  expect(lines.filter(({ level }) => level !== 'info')).toEqual([])
})

test.each([
  [{ ENABLE_SIGNUP: 'False' }, { signUp: 'closed' }],
  [{ ENABLE_SIGNUP: 'true' }, { signUp: 'request' }],
  [
    { ENABLE_SIGNUP: 'true', DEFAULT_USER_ROLE: 'user' },
    { signUp: 'open', defaultRole: 'user' },
  ],
  [{ DEFAULT_USER_ROLE: 'pending' }, { defaultRole: 'pending', signUp: 'request' }],
  [{ DEFAULT_USER_ROLE: 'king' }, { defaultRole: 'user' }],
  [{ ENABLE_API_KEYS: '0' }, { apiKeys: false }],
  [{ WEBUI_AUTH: 'True' }, { requireSignIn: true }],
  [{ WEBUI_AUTH: 'false' }, { requireSignIn: false }],
  [
    { WEBUI_AUTH: 'perhaps', ENABLE_SIGNUP: '' },
    { requireSignIn: false, signUp: 'request' },
  ],
])('the environment %j decides %j', (environment, expected) => {
  expect(openTeam({ environment: environment as Record<string, string> }).team.settings()).toMatchObject(expected)
})

test('what the environment decides is not changed here, and stays below it', async () => {
  const { team, storage, folder } = openTeam()
  team.setSettings({ signUp: 'open' }, OWNER)
  storage.close()
  const closed = openTeam({ folder, environment: { ENABLE_SIGNUP: 'false' } })
  expect(await failure(() => closed.team.setSettings({ signUp: 'open' }, OWNER))).toMatchObject({
    code: 'conflict',
    param: 'signUp',
    message: expect.stringContaining('ENABLE_SIGNUP'),
  })
  closed.team.setSettings({ signUp: 'closed', pendingText: 'soon' }, OWNER)
  // The first account is let in all the same: without it nobody could.
  expect((await closed.team.signUp({ name: 'a', email: 'a@localhost', password: PASSWORD }, ORIGIN)).person.role).toBe(
    'admin',
  )
  closed.storage.close()
  expect(openTeam({ folder }).team.settings()).toMatchObject({ signUp: 'open', pendingText: 'soon' })
})

test('sign-in on this computer cannot be required while nobody could administer', async () => {
  const { team, storage } = openTeam()
  expect(await failure(() => team.setSettings({ requireSignIn: true }, OWNER))).toMatchObject({ code: 'conflict' })
  plant(storage, { name: 'ada', role: 'admin' })
  expect(team.setSettings({ requireSignIn: true }, OWNER).requireSignIn).toBe(true)
  expect(await failure(() => team.setSettings({ signUp: 'ajar' as 'open' }, OWNER))).toMatchObject({
    code: 'invalid_request',
    param: 'signUp',
  })
})

const WEEK = 7 * 86_400
test.each([
  [undefined, 4 * WEEK],
  ['4w', 4 * WEEK],
  ['1h30m', 5_400],
  ['1.5h', 5_400],
  ['90s', 90],
  ['2500ms', 3],
  ['-1', 100 * 365 * 86_400],
  ['0', 100 * 365 * 86_400],
  ['soon', 4 * WEEK],
  ['4', 4 * WEEK],
  ['-5m', 4 * WEEK],
  ['1ms', 4 * WEEK],
])('JWT_EXPIRES_IN %j is %d seconds', (text, seconds) => {
  expect(sessionLifetime({ JWT_EXPIRES_IN: text }, createTestLog())).toBe(seconds)
})
