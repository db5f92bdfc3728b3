import { describe, expect, test } from 'vitest'
import { OWNER, type Principal } from '../../../src/main/engine/spec/principal.ts'
import { failure, ORIGIN, openTeam, PASSWORD, plant } from './open-team.ts'

/** Two administrators and a user, by the owner of the computer. */
function three() {
  const opened = openTeam()
  const { storage, team } = opened
  const ids = {
    first: plant(storage, { name: 'first', role: 'admin' }),
    second: plant(storage, { name: 'second', role: 'admin' }),
    user: plant(storage, { name: 'user' }),
  }
  const by = (name: keyof typeof ids): Principal => team.principalOf(ids[name])
  return { ...opened, ids, by }
}

describe('administrators', () => {
  test('others can neither demote, remove nor take over the first', async () => {
    const { team, ids, by } = three()
    for (const other of [by('second'), OWNER]) {
      expect(await failure(() => team.updatePerson(ids.first, { role: 'user' }, other))).toMatchObject({
        code: 'forbidden',
        param: 'firstAdmin',
      })
      expect(await failure(() => team.removePerson(ids.first, other))).toMatchObject({ param: 'firstAdmin' })
    }
    for (const patch of [{ password: PASSWORD }, { email: 'mine@example.com' }]) {
      expect(await failure(() => team.updatePerson(ids.first, patch, by('second')))).toMatchObject({
        code: 'forbidden',
      })
      await team.updatePerson(ids.first, patch, OWNER)
    }
    expect((await team.updatePerson(ids.first, { role: 'user' }, by('first'))).role).toBe('user')
    expect((await team.updatePerson(ids.second, { role: 'user' }, by('second')).catch((error) => error)).param).toBe(
      'lastAdmin',
    )
  })

  test('the last one stays, whoever asks', async () => {
    const { team, storage } = openTeam()
    const only = plant(storage, { name: 'only', role: 'admin' })
    const self = team.principalOf(only)
    expect(await failure(() => team.updatePerson(only, { role: 'pending' }, self))).toMatchObject({
      param: 'lastAdmin',
    })
    expect(await failure(() => team.removePerson(only, self))).toMatchObject({ param: 'lastAdmin' })
    expect((await failure(() => team.removePerson(only, OWNER))).code).toBe('forbidden')
  })

  test('a later one can be removed by others', () => {
    const { team, ids, by } = three()
    team.removePerson(ids.second, by('first'))
    expect(team.person(ids.second)).toBeNull()
  })
})

describe('who may', () => {
  test('people change their own name and picture, and nothing else', async () => {
    const { team, ids, by } = three()
    expect((await team.updatePerson(ids.user, { name: 'New' }, by('user'))).name).toBe('New')
    for (const patch of [{ role: 'admin' as const }, { email: 'x@example.com' }, { password: PASSWORD }]) {
      expect(await failure(() => team.updatePerson(ids.user, patch, by('user')))).toMatchObject({ code: 'forbidden' })
    }
    expect(await failure(() => team.updatePerson(ids.first, { name: 'x' }, by('user')))).toMatchObject({
      code: 'forbidden',
    })
  })

  test.each<[string, (opened: ReturnType<typeof three>, by: Principal) => unknown]>([
    ['addPerson', ({ team }, by) => team.addPerson({ name: 'n', email: 'n@example.com', password: PASSWORD }, by)],
    ['removePerson', ({ team, ids }, by) => team.removePerson(ids.user, by)],
    ['createGroup', ({ team }, by) => team.createGroup({ name: 'g' }, by)],
    ['createInvite', ({ team }, by) => team.createInvite({}, by)],
    ['setSettings', ({ team }, by) => team.setSettings({ signUp: 'open' }, by)],
    [
      'saveOauthProvider',
      ({ team }, by) =>
        team.saveOauthProvider(
          {
            id: 'x',
            name: 'X',
            issuer: 'https://x.example',
            clientId: 'c',
            clientSecret: '',
            scopes: 'openid',
            enabled: true,
          },
          by,
        ),
    ],
  ])('%s takes an administrator, by session or with a key of that scope', async (_, act) => {
    const opened = three()
    const { by } = opened
    const withKey = (scopes: ('chat' | 'admin')[]): Principal => ({
      ...by('first'),
      key: { id: 'k', name: 'k', scopes },
    })
    for (const weak of [by('user'), withKey(['chat'])]) {
      expect(await failure(() => act(opened, weak))).toMatchObject({ code: 'forbidden' })
    }
    await act(opened, withKey(['admin']))
  })

  test('a key without the scope admin cannot make a stronger one, nor change its account', async () => {
    const { team, ids, by } = three()
    const weak: Principal = { ...by('first'), key: { id: 'k', name: 'k', scopes: ['chat'] } }
    expect(await failure(() => team.createKey(ids.first, { name: 'x', scopes: ['admin'] }, weak))).toMatchObject({
      code: 'forbidden',
    })
    expect(await failure(() => team.updatePerson(ids.first, { name: 'x' }, weak))).toMatchObject({ code: 'forbidden' })
  })
})

test('an account that others made can sign in, and demoting it ends that', async () => {
  const { team, ids, by } = three()
  const added = await team.addPerson(
    { name: 'N', email: 'N@example.com', password: PASSWORD, role: 'user' },
    by('first'),
  )
  const { token } = await team.signIn('n@example.com', PASSWORD, ORIGIN)
  expect(
    await failure(() => team.addPerson({ name: 'N', email: 'n@EXAMPLE.com', password: PASSWORD }, OWNER)),
  ).toMatchObject({
    code: 'conflict',
    param: 'email',
  })
  expect(await failure(() => team.updatePerson(ids.user, { email: 'n@example.com' }, OWNER))).toMatchObject({
    param: 'email',
  })
  await team.updatePerson(added.id, { role: 'pending' }, by('first'))
  expect(team.authenticate(token)).toEqual({ ok: false, why: 'invalid' })
  expect(team.sessions(added.id, null)).toEqual([])
  const again = await team.signIn('n@example.com', PASSWORD, ORIGIN)
  expect(team.authenticate(again.token)).toMatchObject({ principal: { role: 'pending' } })
})

test('a password that an administrator sets ends the sessions', async () => {
  const { team, by, ids } = three()
  const { id } = await team.addPerson({ name: 'N', email: 'n@example.com', password: PASSWORD, role: 'user' }, OWNER)
  const { token } = await team.signIn('n@example.com', PASSWORD, ORIGIN)
  await team.updatePerson(id, { password: 'another password' }, by('second'))
  expect(team.authenticate(token).ok).toBe(false)
  expect((await team.signIn('n@example.com', 'another password', ORIGIN)).person.id).toBe(id)
  expect(ids.user).not.toBe(id)
})

test('lists are searched, ordered and cut into pages', () => {
  const { team, storage, clock } = openTeam()
  for (let at = 0; at < 65; at += 1) {
    plant(storage, { name: `Person ${String(at).padStart(2, '0')}`, email: `p${at}@example.com`, at })
  }
  const jo = plant(storage, { name: 'Jö Łukasz', email: 'jo@other.net', role: 'admin', at: 100 })
  const query = { query: '', orderBy: 'created_at', direction: 'desc', groupId: null, page: 1 } as const
  expect(team.people(query)).toMatchObject({ total: 66, items: { length: 30, 0: { id: jo } } })
  expect(team.people({ ...query, page: 3 }).items).toHaveLength(6)
  expect(team.people({ ...query, page: 4 }).items).toEqual([])
  const names = (more: object) => team.people({ ...query, ...more }).items.map(({ name }) => name)
  expect(names({ query: 'łUKA' })).toEqual(['Jö Łukasz'])
  expect(names({ query: 'other' })).toEqual(['Jö Łukasz'])
  expect(names({ query: 'jö' })).toEqual(['Jö Łukasz'])
  expect(names({ query: 'person 4', orderBy: 'name', direction: 'asc' })).toEqual(
    expect.arrayContaining(['Person 04', 'Person 40', 'Person 49']),
  )
  expect(names({ query: '%' })).toEqual([])
  expect(names({ query: '"' })).toEqual([])
  expect(names({ orderBy: 'name', direction: 'asc' })[1]).toBe('Person 00')
  expect(names({ orderBy: 'role', direction: 'asc' })[0]).toBe('Jö Łukasz')
  const group = team.createGroup({ name: 'g' }, OWNER)
  team.setMembers(group.id, [jo], OWNER)
  expect(team.people({ ...query, groupId: group.id })).toMatchObject({
    total: 1,
    items: [{ id: jo, groupIds: [group.id] }],
  })
  expect(clock.pending()).toBe(0)
})

test('a removed person leaves nothing behind', async () => {
  const { team, storage } = openTeam()
  plant(storage, { name: 'admin', role: 'admin' })
  const person = await team.addPerson({ name: 'N', email: 'n@example.com', password: PASSWORD, role: 'admin' }, OWNER)
  const { token } = await team.signIn('n@example.com', PASSWORD, ORIGIN)
  const { secret } = team.createKey(person.id, { name: 'k' }, team.principalOf(person.id))
  const group = team.createGroup({ name: 'g' }, OWNER)
  team.addMembers(group.id, [person.id], OWNER)
  expect(team.authenticate(secret).ok && team.authenticate(token).ok).toBe(true)
  team.removePerson(person.id, OWNER)
  for (const each of [secret, token]) expect(team.authenticate(each)).toEqual({ ok: false, why: 'invalid' })
  expect(team.keys(null)).toEqual([])
  expect(team.group(group.id)?.memberCount).toBe(0)
  expect(team.activePeople()).toEqual([])
  expect(await failure(() => team.principalOf(person.id))).toMatchObject({ code: 'not_found' })
  expect(await failure(() => team.removePerson(person.id, OWNER))).toMatchObject({ code: 'not_found' })
})
