import { randomUUID } from 'node:crypto'
import {
  type NewPerson,
  type PeoplePage,
  type PeopleQuery,
  type Person,
  type PersonPatch,
  peopleQuerySchema,
} from '#shared/team.ts'
import type { Clock } from '../spec/clock.ts'
import { EngineError } from '../spec/engine-error.ts'
import { isAdmin, type Principal } from '../spec/principal.ts'
import type { Storage, StoredPerson } from '../storage/index.ts'
import { emailTaken } from './admit.ts'
import type { LastSeen } from './last-seen.ts'
import { checkPassword, type Passwords } from './passwords.ts'
import { read, readNewPerson, readPersonPatch } from './person-input.ts'
import type { TeamChanges } from './team-changes.ts'
import { inSeconds, notFound, requireAdmin, requireSelfOrAdmin } from './team-rules.ts'
import type { TeamSettingsRecord } from './team-settings.ts'

interface PeopleOptions {
  storage: Storage
  settings: TeamSettingsRecord
  passwords: Passwords
  changes: TeamChanges
  lastSeen: LastSeen
  clock: Clock
  /** Name of an OAuth provider, for how somebody signs in. */
  providerName: (id: string) => string
}

/** Accounts, and who may change them. */
export interface People {
  find(id: string): Person | null
  findByEmail(email: string): Person | null
  all(): Person[]
  ofGroup(groupId: string): Person[]
  page(query: PeopleQuery): PeoplePage
  add(input: NewPerson, by: Principal): Promise<Person>
  update(id: string, patch: PersonPatch, by: Principal): Promise<Person>
  remove(id: string, by: Principal): void
}

export function createPeople(options: PeopleOptions): People {
  const { storage, settings, passwords, changes, lastSeen, clock, providerName } = options
  const { people } = storage

  function show({ providerIds, hasPassword, emailProven: _, ...person }: StoredPerson): Person {
    return {
      ...person,
      lastActiveAt: lastSeen.person(person.id) ?? person.lastActiveAt,
      signsInWith: [...(hasPassword ? ['password'] : []), ...providerIds.map(providerName)],
    }
  }

  function existing(id: string): StoredPerson {
    const person = people.find(id)
    if (person === null) throw notFound('account', 'id')
    return person
  }

  /** The first administrator can only give up the role themselves, and the last one cannot. */
  function protectAdministrators(person: StoredPerson, by: Principal): void {
    if (person.role !== 'admin') return
    const [first, ...more] = people.administrators()
    if (first === person.id && by.id !== person.id) {
      throw new EngineError('forbidden', 'The first administrator cannot be demoted or removed by others.', {
        param: 'firstAdmin',
      })
    }
    if (more.length === 0) {
      throw new EngineError(
        'forbidden',
        'This is the last administrator. Make somebody else one before you change this.',
        { param: 'lastAdmin' },
      )
    }
  }

  /** Who could set another's password or address could become that person. */
  function protectSignIn(person: StoredPerson, by: Principal): void {
    if (by.id === person.id || by.kind === 'owner' || people.administrators()[0] !== person.id) return
    throw new EngineError(
      'forbidden',
      'How the first administrator signs in can only be changed by themselves or at the computer that runs this.',
      { param: 'firstAdmin' },
    )
  }

  function checkChange(person: StoredPerson, patch: PersonPatch, by: Principal): void {
    const { role, email, password } = patch
    const changesEmail = email !== undefined && email !== person.email
    const changesRole = role !== undefined && role !== person.role
    if (changesRole || changesEmail || password !== undefined) requireAdmin(by)
    if (changesEmail || password !== undefined) protectSignIn(person, by)
    if (changesRole) protectAdministrators(person, by)
    if (changesEmail && people.findByEmail(email) !== null) throw emailTaken()
  }

  return {
    find(id) {
      const person = people.find(id)
      return person && show(person)
    },
    findByEmail(email) {
      const person = people.findByEmail(email.trim().toLowerCase())
      return person && show(person)
    },
    all: () => people.all().map(show),
    ofGroup: (groupId) => people.ofGroup(groupId).map(show),
    page(query) {
      const { items, total } = people.page(read(peopleQuerySchema, query))
      return { items: items.map(show), total }
    },

    async add(input, by) {
      requireAdmin(by)
      const { name, email, password, role, profileImageUrl } = readNewPerson(input)
      checkPassword(password)
      if (people.findByEmail(email) !== null) throw emailTaken()
      const passwordHash = await passwords.hash(password)
      const id = randomUUID()
      storage.write(() => {
        if (people.findByEmail(email) !== null) throw emailTaken()
        const now = inSeconds(clock.now())
        people.insert({ id, name, email, emailProven: true, role, profileImageUrl, passwordHash }, now)
        const { defaultGroupId } = settings.get()
        if (defaultGroupId !== null && storage.groups.find(defaultGroupId) !== null) {
          storage.groups.addMember(defaultGroupId, id)
        }
      })
      changes.changed()
      return show(existing(id))
    },

    async update(id, input, by) {
      requireSelfOrAdmin(id, by)
      const patch = readPersonPatch(input)
      checkChange(existing(id), patch, by)
      const passwordHash = patch.password === undefined ? undefined : await passwords.hash(patch.password)
      storage.write(() => {
        const person = existing(id)
        checkChange(person, patch, by)
        const { name, email, role, profileImageUrl } = patch
        const isVouchedFor = isAdmin(by) && (email !== undefined || (person.role === 'pending' && role !== undefined))
        people.update(
          id,
          { name, email, role, profileImageUrl, passwordHash, ...(isVouchedFor ? { emailProven: true } : {}) },
          inSeconds(clock.now()),
        )
        const isShutOut = role === 'pending' && person.role !== 'pending'
        if (isShutOut) storage.sessions.removeOfPerson(id, null)
        else if (passwordHash !== undefined) storage.sessions.removeOfPerson(id, by.id === id ? by.sessionId : null)
      })
      changes.changed()
      return show(existing(id))
    },

    remove(id, by) {
      requireAdmin(by)
      storage.write(() => {
        const person = existing(id)
        protectAdministrators(person, by)
        storage.apiKeys.removeOfPerson(id)
        people.remove(id)
      })
      lastSeen.forgetPerson(id)
      changes.changed()
    },
  }
}
