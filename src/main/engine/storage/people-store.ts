import { z } from 'zod'
import type { Role } from '#shared/access.ts'
import { PEOPLE_PAGE, type PeopleQuery } from '#shared/team.ts'
import type { WritableDatabase } from './sqlite.ts'
import { toSearchTerms } from './worker/search-terms.ts'
import type { Writer } from './writer.ts'

/** An account as it is kept. Times are epoch seconds. */
export interface StoredPerson {
  id: string
  name: string
  email: string
  role: Role
  profileImageUrl: string
  lastActiveAt: number | null
  createdAt: number
  updatedAt: number
  groupIds: string[]
  /** Ids of the OAuth providers that it is linked to. */
  providerIds: string[]
  hasPassword: boolean
  /** Whether somebody vouched for the address. */
  emailProven: boolean
}

export interface NewStoredPerson {
  id: string
  name: string
  /** In lower case; the caller has looked that nobody has it. */
  email: string
  emailProven: boolean
  role: Role
  profileImageUrl: string
  passwordHash: string | null
}

export interface StoredPersonPatch {
  name?: string | undefined
  email?: string | undefined
  emailProven?: boolean | undefined
  role?: Role | undefined
  profileImageUrl?: string | undefined
  passwordHash?: string | null | undefined
}

/** Accounts. Writing throws `disk_full` or `storage_failed`. */
export interface PeopleStore {
  count(): number
  find(id: string): StoredPerson | null
  findByEmail(email: string): StoredPerson | null
  /** By name. */
  all(): StoredPerson[]
  /** By name. */
  ofGroup(groupId: string): StoredPerson[]
  page(query: PeopleQuery): { items: StoredPerson[]; total: number }
  /** Ids of administrators in order of creation. */
  administrators(): string[]
  /** Null without one, and for nobody. */
  passwordHash(id: string): string | null
  insert(person: NewStoredPerson, at: number): void
  update(id: string, patch: StoredPersonPatch, at: number): void
  remove(id: string): void
  /** Writes when people were last active, epoch s by id. */
  saveActivity(times: ReadonlyMap<string, number>): void
}

interface Row {
  id: string
  name: string
  email: string
  role: Role
  profile_image_url: string
  last_active_at: number | null
  created_at: number
  updated_at: number
  group_ids: string
  provider_ids: string
  has_password: number
  email_proven: number
}

const COLUMNS = `id, name, email, role, profile_image_url, last_active_at, created_at, updated_at, email_proven,
  password_hash IS NOT NULL AS has_password,
  (SELECT json_group_array(group_id) FROM memberships WHERE person_id = people.id) AS group_ids,
  (SELECT json_group_array(provider_id) FROM oauth_links WHERE person_id = people.id) AS provider_ids`

const ORDERS: Record<PeopleQuery['orderBy'], string> = {
  name: 'name COLLATE NOCASE',
  email: 'email',
  role: 'role',
  created_at: 'created_at',
  last_active_at: 'last_active_at',
}

const idsSchema = z.array(z.string())

/** The statement of one page; a test looks at its plan. */
export function pageSql(query: PeopleQuery): string {
  const direction = query.direction === 'asc' ? 'ASC' : 'DESC'
  // The address is unique, so it needs no second place in its order.
  const order = ORDERS[query.orderBy]
  const tie = query.orderBy === 'email' ? '' : `, seq ${direction}`
  return `SELECT ${COLUMNS} FROM people ${where(query)} ORDER BY ${order} ${direction}${tie} LIMIT @limit OFFSET @offset`
}

function where({ query, groupId }: PeopleQuery): string {
  const { match, patterns } = toSearchTerms(query)
  const conditions = [
    ...(match === null ? [] : ['seq IN (SELECT rowid FROM people_search WHERE people_search MATCH @match)']),
    ...(patterns.length === 0
      ? []
      : [
          `NOT EXISTS (SELECT 1 FROM json_each(@patterns) AS pattern
             WHERE name NOT LIKE pattern.value ESCAPE '\\' AND email NOT LIKE pattern.value ESCAPE '\\')`,
        ]),
    ...(groupId === null ? [] : ['id IN (SELECT person_id FROM memberships WHERE group_id = @groupId)']),
  ]
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
}

/** The statements about accounts. */
export function createPeopleStore(db: WritableDatabase, writer: Writer): PeopleStore {
  const count = db.prepare<[], number>('SELECT count(*) FROM people').pluck()
  const find = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM people WHERE id = ?`)
  const findByEmail = db.prepare<[string], Row>(`SELECT ${COLUMNS} FROM people WHERE email = ?`)
  const all = db.prepare<[], Row>(`SELECT ${COLUMNS} FROM people ORDER BY name COLLATE NOCASE, seq`)
  const ofGroup = db.prepare<[string], Row>(
    `SELECT ${COLUMNS} FROM people WHERE id IN (SELECT person_id FROM memberships WHERE group_id = ?)
     ORDER BY name COLLATE NOCASE, seq`,
  )
  const administrators = db.prepare<[], string>(`SELECT id FROM people WHERE role = 'admin' ORDER BY seq`).pluck()
  const passwordHash = db.prepare<[string], string | null>('SELECT password_hash FROM people WHERE id = ?').pluck()
  const insert = db.prepare(
    `INSERT INTO people (id, name, email, email_proven, role, profile_image_url, password_hash, created_at, updated_at)
     VALUES (@id, @name, @email, @emailProven, @role, @profileImageUrl, @passwordHash, @at, @at)`,
  )
  const update = db.prepare(
    `UPDATE people SET name = coalesce(@name, name), email = coalesce(@email, email),
       email_proven = coalesce(@emailProven, email_proven), role = coalesce(@role, role),
       profile_image_url = coalesce(@profileImageUrl, profile_image_url),
       password_hash = CASE WHEN @setPassword = 1 THEN @passwordHash ELSE password_hash END, updated_at = @at
     WHERE id = @id`,
  )
  const remove = db.prepare('DELETE FROM people WHERE id = ?')
  const saveActivity = db.prepare('UPDATE people SET last_active_at = ? WHERE id = ?')

  return {
    count: () => count.get() ?? 0,
    find: (id) => read(find.get(id)),
    findByEmail: (email) => read(findByEmail.get(email)),
    all: () => all.all().map(toPerson),
    ofGroup: (groupId) => ofGroup.all(groupId).map(toPerson),
    page(query) {
      const { match, patterns } = toSearchTerms(query.query)
      const filter = {
        ...(match === null ? {} : { match }),
        ...(patterns.length === 0 ? {} : { patterns: JSON.stringify(patterns) }),
        ...(query.groupId === null ? {} : { groupId: query.groupId }),
      }
      const total = db
        .prepare<[object], number>(`SELECT count(*) FROM people ${where(query)}`)
        .pluck()
        .get(filter)
      const rows = db
        .prepare<[object], Row>(pageSql(query))
        .all({ ...filter, limit: PEOPLE_PAGE, offset: (query.page - 1) * PEOPLE_PAGE })
      return { items: rows.map(toPerson), total: total ?? 0 }
    },
    administrators: () => administrators.all(),
    passwordHash: (id) => passwordHash.get(id) ?? null,
    insert(person, at) {
      writer.write(() => void insert.run({ ...person, emailProven: person.emailProven ? 1 : 0, at }))
    },
    update(id, patch, at) {
      writer.write(
        () =>
          void update.run({
            id,
            name: patch.name ?? null,
            email: patch.email ?? null,
            emailProven: patch.emailProven === undefined ? null : Number(patch.emailProven),
            role: patch.role ?? null,
            profileImageUrl: patch.profileImageUrl ?? null,
            setPassword: patch.passwordHash === undefined ? 0 : 1,
            passwordHash: patch.passwordHash ?? null,
            at,
          }),
      )
    },
    remove(id) {
      writer.write(() => void remove.run(id))
    },
    saveActivity(times) {
      writer.write(() => {
        for (const [id, at] of times) saveActivity.run(at, id)
      })
    },
  }
}

function read(row: Row | undefined): StoredPerson | null {
  return row === undefined ? null : toPerson(row)
}

function toPerson(row: Row): StoredPerson {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    profileImageUrl: row.profile_image_url,
    lastActiveAt: row.last_active_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    groupIds: idsSchema.parse(JSON.parse(row.group_ids)),
    providerIds: [...new Set(idsSchema.parse(JSON.parse(row.provider_ids)))],
    hasPassword: row.has_password === 1,
    emailProven: row.email_proven === 1,
  }
}
