import { randomUUID } from 'node:crypto'
import { type Group, type GroupInput, groupInputSchema, type Person } from '#shared/team.ts'
import type { Clock } from '../spec/clock.ts'
import type { Principal } from '../spec/principal.ts'
import type { Storage } from '../storage/index.ts'
import { read } from './person-input.ts'
import type { TeamChanges } from './team-changes.ts'
import { inSeconds, notFound, requireAdmin } from './team-rules.ts'
import type { TeamSettingsRecord } from './team-settings.ts'

interface GroupsOptions {
  storage: Storage
  settings: TeamSettingsRecord
  changes: TeamChanges
  clock: Clock
  ofGroup: (groupId: string) => Person[]
}

/** Groups, their permissions and members. Changing them takes an administrator. */
export interface Groups {
  create(input: GroupInput, by: Principal): Group
  update(id: string, input: GroupInput, by: Principal): Group
  remove(id: string, by: Principal): void
  members(groupId: string): Person[]
  setMembers(groupId: string, personIds: readonly string[], by: Principal): Group
  addMembers(groupId: string, personIds: readonly string[], by: Principal): Group
  removeMembers(groupId: string, personIds: readonly string[], by: Principal): Group
}

export function createGroups({ storage, settings, changes, clock, ofGroup }: GroupsOptions): Groups {
  const { groups, people } = storage

  function existing(id: string): Group {
    const group = groups.find(id)
    if (group === null) throw notFound('group', 'groupId')
    return group
  }

  /** All of the change or nothing; somebody who does not exist is an error and not left out. */
  function changeMembers(groupId: string, by: Principal, change: () => void): Group {
    requireAdmin(by)
    storage.write(() => {
      const group = existing(groupId)
      change()
      groups.update({ ...group, updatedAt: inSeconds(clock.now()) })
    })
    changes.changed()
    return existing(groupId)
  }

  function add(groupId: string, personIds: readonly string[]): void {
    for (const personId of personIds) {
      if (people.find(personId) === null) throw notFound('account', 'personIds')
      groups.addMember(groupId, personId)
    }
  }

  return {
    create(input, by) {
      requireAdmin(by)
      const { name, description, permissions = null, data = {} } = read(groupInputSchema, input)
      const id = randomUUID()
      const now = inSeconds(clock.now())
      groups.insert({ id, name, description, permissions, data, ownerId: by.id, createdAt: now, updatedAt: now })
      changes.changed()
      return existing(id)
    },

    update(id, input, by) {
      requireAdmin(by)
      const { name, description, permissions, data } = read(groupInputSchema, input)
      storage.write(() => {
        const group = existing(id)
        groups.update({
          id,
          name,
          description,
          // Left alone unless said.
          permissions: permissions === undefined ? group.permissions : permissions,
          data: data ?? group.data,
          updatedAt: inSeconds(clock.now()),
        })
      })
      changes.changed()
      return existing(id)
    },

    remove(id, by) {
      requireAdmin(by)
      storage.write(() => {
        existing(id)
        groups.remove(id)
      })
      if (settings.get().defaultGroupId === id) settings.update({ defaultGroupId: null }, clock.now())
      changes.changed()
    },

    members(groupId) {
      existing(groupId)
      return ofGroup(groupId)
    },
    setMembers: (groupId, personIds, by) =>
      changeMembers(groupId, by, () => {
        const wanted = new Set(personIds)
        for (const id of groups.memberIds(groupId)) if (!wanted.has(id)) groups.removeMember(groupId, id)
        add(groupId, [...wanted])
      }),
    addMembers: (groupId, personIds, by) => changeMembers(groupId, by, () => add(groupId, personIds)),
    removeMembers: (groupId, personIds, by) =>
      changeMembers(groupId, by, () => {
        for (const id of personIds) groups.removeMember(groupId, id)
      }),
  }
}
