import { z } from 'zod'
import { type Permissions, permissionsSchema } from '#shared/access.ts'
import type { Group } from '#shared/team.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** Groups and who is in them. Writing throws `disk_full` or `storage_failed`; people and groups must exist. */
export interface GroupsStore {
  /** By name. */
  all(): Group[]
  find(id: string): Group | null
  /** By name. */
  ofPerson(personId: string): Group[]
  insert(group: Omit<Group, 'memberCount'>): void
  update(group: Omit<Group, 'memberCount' | 'ownerId' | 'createdAt'>): void
  remove(id: string): void
  memberIds(id: string): string[]
  addMember(id: string, personId: string): void
  removeMember(id: string, personId: string): void
}

interface Row {
  id: string
  name: string
  description: string
  permissions: string | null
  data: string
  ownerId: string
  memberCount: number
  createdAt: number
  updatedAt: number
}

const COLUMNS = `id, name, description, permissions, data, owner_id AS ownerId, created_at AS createdAt,
  updated_at AS updatedAt, (SELECT count(*) FROM memberships WHERE group_id = people_groups.id) AS memberCount`

const dataSchema = z.record(z.string(), z.unknown())

/** The statements about groups. */
export function createGroupsStore(db: WritableDatabase, writer: Writer): GroupsStore {
  const all = db.prepare<[], Row>(`SELECT ${COLUMNS} FROM people_groups ORDER BY name COLLATE NOCASE, seq`)
  const find = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM people_groups WHERE id = ?`)
  const ofPerson = db.prepare<[string], Row>(
    `SELECT ${COLUMNS} FROM people_groups WHERE id IN (SELECT group_id FROM memberships WHERE person_id = ?)
     ORDER BY name COLLATE NOCASE, seq`,
  )
  const insert = db.prepare(
    `INSERT INTO people_groups (id, name, description, permissions, data, owner_id, created_at, updated_at)
     VALUES (@id, @name, @description, @permissions, @data, @ownerId, @createdAt, @updatedAt)`,
  )
  const update = db.prepare(
    `UPDATE people_groups SET name = @name, description = @description, permissions = @permissions, data = @data,
       updated_at = @updatedAt WHERE id = @id`,
  )
  const remove = db.prepare('DELETE FROM people_groups WHERE id = ?')
  const memberIds = db.prepare<[string], string>('SELECT person_id FROM memberships WHERE group_id = ?').pluck()
  const addMember = db.prepare('INSERT INTO memberships (group_id, person_id) VALUES (?, ?) ON CONFLICT DO NOTHING')
  const removeMember = db.prepare('DELETE FROM memberships WHERE group_id = ? AND person_id = ?')
  return {
    all: () => all.all().map(toGroup),
    find(id) {
      const row = find.get(id)
      return row === undefined ? null : toGroup(row)
    },
    ofPerson: (personId) => ofPerson.all(personId).map(toGroup),
    insert(group) {
      writer.write(() => void insert.run({ ...group, ...texts(group) }))
    },
    update(group) {
      writer.write(() => void update.run({ ...group, ...texts(group) }))
    },
    remove(id) {
      writer.write(() => void remove.run(id))
    },
    memberIds: (id) => memberIds.all(id),
    addMember(id, personId) {
      writer.write(() => void addMember.run(id, personId))
    },
    removeMember(id, personId) {
      writer.write(() => void removeMember.run(id, personId))
    },
  }
}

function texts({ permissions, data }: Pick<Group, 'permissions' | 'data'>): {
  permissions: string | null
  data: string
} {
  return { permissions: permissions === null ? null : JSON.stringify(permissions), data: JSON.stringify(data) }
}

function toGroup({ permissions, data, ...row }: Row): Group {
  return { ...row, permissions: readPermissions(permissions), data: dataSchema.parse(JSON.parse(data)) }
}

/** Permissions of another shape give nothing: null is what the group never said. */
function readPermissions(text: string | null): Permissions | null {
  return text === null ? null : (permissionsSchema.safeParse(JSON.parse(text)).data ?? null)
}
