import { describe, expect, test } from 'vitest'
import { OWNER } from '../../../../src/main/engine/spec/principal.ts'
import {
  changedGroupFromJson,
  groupToJson,
  memberIdsFromJson,
  newGroupFromJson,
} from '../../../../src/main/engine/wire/open-webui/group-json.ts'
import { NO_PERMISSIONS, permissionsFromJson } from '../../../../src/main/engine/wire/open-webui/permissions-json.ts'
import { personCardToJson, personToJson } from '../../../../src/main/engine/wire/open-webui/person-json.ts'
import {
  addedPersonToJson,
  sessionToJson,
  signedInToJson,
} from '../../../../src/main/engine/wire/open-webui/session-json.ts'
import { DEFAULT_PERMISSIONS } from '../../../../src/shared/access.ts'
import type { Group, Person } from '../../../../src/shared/team.ts'

const PERSON: Person = {
  id: 'p/1',
  name: 'Ada',
  email: 'ada@example.com',
  role: 'user',
  profileImageUrl: '',
  lastActiveAt: null,
  createdAt: 10,
  updatedAt: 20,
  groupIds: ['g'],
  signsInWith: ['password'],
}
const GROUP: Group = {
  id: 'g',
  name: 'Group',
  description: 'd',
  permissions: DEFAULT_PERMISSIONS,
  data: { config: { share: true } },
  ownerId: 'owner',
  memberCount: 3,
  createdAt: 1,
  updatedAt: 2,
}

describe('people as JSON', () => {
  test('a picture kept here is told by its address, any other as it is', () => {
    const pictureOf = (profileImageUrl: string): unknown =>
      personToJson({ ...PERSON, profileImageUrl }).profile_image_url
    expect(pictureOf('')).toBe('/user.png')
    expect(pictureOf('https://example.com/a.png')).toBe('https://example.com/a.png')
    expect(pictureOf('data:image/png;base64,AA==')).toBe('/api/v1/users/p%2F1/profile/image')
  })

  test('administrators get times, groups and providers; others what they recognise somebody by', () => {
    expect(personToJson({ ...PERSON, signsInWith: ['password', 'Company'] })).toEqual({
      id: 'p/1',
      email: 'ada@example.com',
      name: 'Ada',
      role: 'user',
      profile_image_url: '/user.png',
      last_active_at: 0,
      updated_at: 20,
      created_at: 10,
      group_ids: ['g'],
      oauth: { Company: {} },
    })
    expect(Object.keys(personCardToJson(PERSON))).toEqual(['id', 'name', 'email', 'role', 'profile_image_url'])
  })
})

describe('sessions as JSON', () => {
  test('a sign-in carries its token and its end; adding somebody carries none', () => {
    const signedIn = signedInToJson({ person: PERSON, token: 'swy_t', expiresAt: 99 }, DEFAULT_PERMISSIONS)
    expect(signedIn).toEqual({
      token: 'swy_t',
      token_type: 'Bearer',
      expires_at: 99,
      id: 'p/1',
      email: 'ada@example.com',
      name: 'Ada',
      role: 'user',
      profile_image_url: '/api/v1/users/p%2F1/profile/image',
      permissions: DEFAULT_PERMISSIONS,
    })
    expect(addedPersonToJson(PERSON)).toMatchObject({ token: '', id: 'p/1', role: 'user' })
  })

  test('the owner has a session without an account', () => {
    expect(sessionToJson(OWNER, null, '')).toMatchObject({
      id: 'owner',
      role: 'admin',
      email: '',
      expires_at: null,
      profile_image_url: '/user.png',
    })
  })
})

describe('permissions from JSON', () => {
  test('what is left out, null or unknown changes nothing', () => {
    expect(permissionsFromJson({}, DEFAULT_PERMISSIONS)).toEqual(DEFAULT_PERMISSIONS)
    const given = { workspace: { models: true, prompts: true }, sharing: null, access_grants: { allow_users: null } }
    expect(permissionsFromJson(given, DEFAULT_PERMISSIONS)).toEqual({
      ...DEFAULT_PERMISSIONS,
      workspace: { models: true, models_import: false, models_export: false },
    })
    expect(permissionsFromJson({ access_grants: { allow_users: false } }, DEFAULT_PERMISSIONS).access_grants).toEqual({
      allow_users: false,
      allow_groups: true,
    })
  })

  test('nobody is given a right by a form that names none', () => {
    expect(JSON.stringify(NO_PERMISSIONS)).not.toContain('true')
    expect(permissionsFromJson({ chat: { stt: true } }, NO_PERMISSIONS)).toEqual(NO_PERMISSIONS)
  })

  test.each([[{ workspace: { models: 'yes' } }], [{ features: [] }], ['all'], [null]])('%j is refused', (given) => {
    expect(() => permissionsFromJson(given, NO_PERMISSIONS)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })
})

describe('groups as JSON', () => {
  test('what is written can be sent back without a change', () => {
    const { input, userIds } = changedGroupFromJson(groupToJson(GROUP), GROUP)
    expect(input).toEqual({
      name: 'Group',
      description: 'd',
      permissions: DEFAULT_PERMISSIONS,
      data: { config: { share: true } },
    })
    expect(userIds).toBeNull()
  })

  test('a new group has no permissions of its own unless the form gives some', () => {
    expect(newGroupFromJson({ name: ' New ' })).toEqual({ input: { name: 'New', description: '' }, userIds: null })
    expect(() => newGroupFromJson({ name: 'New', permissions: { workspace: 'x' } })).toThrow(
      "Invalid 'permissions.workspace': expected object, received string.",
    )
    expect(() => changedGroupFromJson({ permissions: 5 }, GROUP)).toThrow(
      "Invalid 'permissions': expected object, received number.",
    )
    const { input } = newGroupFromJson({ name: 'New', permissions: { features: { api_keys: true } }, user_ids: ['a'] })
    expect(input.permissions).toEqual({ ...NO_PERMISSIONS, features: { api_keys: true } })
  })

  test('members may be left out, but must be a list of ids', () => {
    expect(memberIdsFromJson({ user_ids: ['a', 'b'] })).toEqual(['a', 'b'])
    expect(memberIdsFromJson({})).toEqual([])
    expect(() => memberIdsFromJson({ user_ids: [1] })).toThrow(expect.objectContaining({ param: 'user_ids[0]' }))
  })
})
