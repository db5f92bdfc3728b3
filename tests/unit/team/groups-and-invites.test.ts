import { expect, test } from 'vitest'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import { permissionsFor } from '../../../src/main/engine/team/permissions.ts'
import { DEFAULT_PERMISSIONS, type Permissions } from '../../../src/shared/access.ts'
import { failure, ORIGIN, openTeam, PASSWORD, plant } from './open-team.ts'

const input = (name: string) => ({ name, email: `${name}@example.com`, password: PASSWORD })

function grant(area: keyof Permissions, right: string): Permissions {
  const none = structuredClone(DEFAULT_PERMISSIONS)
  for (const rights of Object.values(none))
    for (const key of Object.keys(rights)) Object.assign(rights, { [key]: false })
  Object.assign(none[area], { [right]: true })
  return none
}

test('permissions of groups and the defaults add up; roles decide beyond them', () => {
  const { team } = openTeam()
  const groups = [
    team.createGroup({ name: 'a', permissions: grant('workspace', 'models') }, OWNER),
    team.createGroup({ name: 'b', permissions: grant('features', 'api_keys') }, OWNER),
    team.createGroup({ name: 'c' }, OWNER),
  ]
  expect(permissionsFor('user', groups, DEFAULT_PERMISSIONS)).toEqual({
    workspace: { models: true, models_import: false, models_export: false },
    sharing: { models: false, public_models: false },
    access_grants: { allow_users: true, allow_groups: true },
    features: { api_keys: true },
  })
  expect(permissionsFor('user', [], DEFAULT_PERMISSIONS)).toEqual(DEFAULT_PERMISSIONS)
  expect(permissionsFor('admin', [], DEFAULT_PERMISSIONS)).toEqual(OWNER.permissions)
  expect(
    Object.values(permissionsFor('pending', groups, OWNER.permissions)).flatMap((rights) => Object.values(rights)),
  ).not.toContain(true)
})

test('groups are made, changed, filled and removed', async () => {
  const { team, storage } = openTeam()
  const [ada, bob, cem] = ['ada', 'bob', 'cem'].map((name) => plant(storage, { name })) as [string, string, string]
  const group = team.createGroup({ name: ' Lab ', data: { config: { share: true } } }, OWNER)
  expect(group).toMatchObject({
    name: 'Lab',
    description: '',
    permissions: null,
    data: { config: { share: true } },
    ownerId: 'owner',
    memberCount: 0,
  })
  expect(team.setMembers(group.id, [ada, bob, bob], OWNER).memberCount).toBe(2)
  expect(team.addMembers(group.id, [cem, ada], OWNER).memberCount).toBe(3)
  expect(team.removeMembers(group.id, [ada, 'nobody'], OWNER).memberCount).toBe(2)
  expect(team.setMembers(group.id, [cem, ada], OWNER).memberCount).toBe(2)
  expect(team.members(group.id).map(({ name }) => name)).toEqual(['ada', 'cem'])
  expect(team.groupsOf(ada).map(({ name }) => name)).toEqual(['Lab'])

  // Somebody who does not exist: nothing of it happens.
  expect(await failure(() => team.setMembers(group.id, [bob, 'nobody'], OWNER))).toMatchObject({ code: 'not_found' })
  expect(team.members(group.id).map(({ name }) => name)).toEqual(['ada', 'cem'])

  const changed = team.updateGroup(group.id, { name: 'Lab 2', permissions: DEFAULT_PERMISSIONS }, OWNER)
  expect(changed).toMatchObject({ name: 'Lab 2', permissions: DEFAULT_PERMISSIONS, data: group.data })
  expect(team.updateGroup(group.id, { name: 'Lab 2', data: {} }, OWNER)).toMatchObject({
    permissions: DEFAULT_PERMISSIONS,
    data: {},
  })
  expect(await failure(() => team.createGroup({ name: '' }, OWNER))).toMatchObject({
    code: 'invalid_request',
    param: 'name',
  })

  team.setSettings({ defaultGroupId: group.id }, OWNER)
  team.removeGroup(group.id, OWNER)
  expect(team.settings().defaultGroupId).toBeNull()
  expect(team.group(group.id)).toBeNull()
  expect(team.person(ada)?.groupIds).toEqual([])
  expect(await failure(() => team.members(group.id))).toMatchObject({ code: 'not_found' })
})

test('whoever comes in gets the default group', async () => {
  const { team } = openTeam()
  const group = team.createGroup({ name: 'All' }, OWNER)
  team.setSettings({ defaultGroupId: group.id }, OWNER)
  expect(await failure(() => team.setSettings({ defaultGroupId: 'none' }, OWNER))).toMatchObject({
    param: 'defaultGroupId',
  })
  await team.signUp(input('ada'), ORIGIN)
  await team.addPerson(input('bob'), OWNER)
  expect(team.members(group.id).map(({ name }) => name)).toEqual(['ada', 'bob'])
})

test('an invitation lets one person in, with its role and groups', async () => {
  const { team, clock } = openTeam()
  await team.signUp(input('ada'), ORIGIN)
  team.setSettings({ signUp: 'closed' }, OWNER)
  const lab = team.createGroup({ name: 'Lab' }, OWNER)
  const gone = team.createGroup({ name: 'Gone' }, OWNER)
  const { invite, secret } = team.createInvite({ note: 'for Bob', groupIds: [lab.id, gone.id], hours: 2 }, OWNER)
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(invite).toMatchObject({ note: 'for Bob', role: 'user', usedAt: null, expiresAt: clock.now() / 1000 + 7_200 })
  expect(team.checkInvite(secret)).toEqual(invite)
  expect(team.checkInvite('nothing')).toBeNull()
  team.removeGroup(gone.id, OWNER)

  const both = await Promise.allSettled(['bob', 'cem'].map((name) => team.signUp(input(name), ORIGIN, secret)))
  const [came] = both.flatMap((result) => (result.status === 'fulfilled' ? [result.value.person] : []))
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(came).toMatchObject({ role: 'user', groupIds: [lab.id] })
  expect(team.checkInvite(secret)).toBeNull()
  expect(team.invites()).toMatchObject([{ id: invite.id, usedAt: clock.now() / 1000, personId: came?.id }])
  expect(await failure(() => team.signUp(input('dan'), ORIGIN, secret))).toMatchObject({
    code: 'forbidden',
    param: 'invite',
  })
})

test('an invitation that expired or was revoked lets nobody in', async () => {
  const { team, clock } = openTeam()
  await team.signUp(input('ada'), ORIGIN)
  const late = team.createInvite({ hours: 1 }, OWNER)
  const revoked = team.createInvite({}, OWNER)
  clock.advance(3_600_000)
  team.revokeInvite(revoked.invite.id, OWNER)
  for (const { secret } of [late, revoked]) {
    expect(team.checkInvite(secret)).toBeNull()
    expect(await failure(() => team.signUp(input('bob'), ORIGIN, secret))).toMatchObject({ param: 'invite' })
  }
  expect(team.hasAccounts() && team.everyone()).toHaveLength(1)
  expect(await failure(() => team.revokeInvite(revoked.invite.id, OWNER))).toMatchObject({ code: 'not_found' })
  expect(await failure(() => team.createInvite({ groupIds: ['none'] }, OWNER))).toMatchObject({ param: 'groupIds' })
})
