import { z } from 'zod'
import { OWNER_ID, roleSchema } from '#shared/access.ts'
import { type PeopleQuery, type Person, type PersonPatch, peopleQuerySchema } from '#shared/team.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import { isAdmin, OWNER } from '../../../engine/spec/principal.ts'
import { groupToJson } from '../../../engine/wire/open-webui/group-json.ts'
import { personCardToJson, personToJson, pictureOf } from '../../../engine/wire/open-webui/person-json.ts'
import type { Exchange } from '../../exchange.ts'
import { sendJson } from '../../respond.ts'
import { ACCOUNT_SAYINGS, checkPasswordLength, readAccountForm } from '../auths/account-form.ts'
import { ACTION_PROHIBITED, inWords, NOT_FOUND } from '../auths/words.ts'
import { givenPicture, sendPicture } from './profile-picture.ts'

const changeSchema = z.looseObject({
  role: roleSchema.nullish(),
  name: z.string().trim().min(1).max(200).nullish(),
  email: z.string().nullish(),
  profile_image_url: z.string().nullish(),
  password: z.string().nullish(),
})
const ORDERS: ReadonlySet<string> = new Set(peopleQuerySchema.shape.orderBy.unwrap().options)

/** GET /api/v1/users: 30 a page, as administrators get them. */
export function listPeople(exchange: Exchange): void {
  const { items, total } = exchange.gateway.engine.team.people(peopleQuery(exchange))
  sendJson(exchange, 200, { users: items.map(personToJson), total })
}

/** GET /api/v1/users/all */
export function allPeople(exchange: Exchange): void {
  const people = exchange.gateway.engine.team.everyone()
  sendJson(exchange, 200, { users: people.map(personToJson), total: people.length })
}

/** GET /api/v1/users/search: for pickers, by name. */
export function searchPeople(exchange: Exchange): void {
  const query: PeopleQuery = { ...peopleQuery(exchange), orderBy: 'name', direction: 'asc' }
  const { items, total } = exchange.gateway.engine.team.people(query)
  sendJson(exchange, 200, { users: items.map(personCardToJson), total })
}

/** GET /api/v1/users/active: who did something in the last five minutes. */
export function activePeople(exchange: Exchange): void {
  sendJson(exchange, 200, { user_ids: exchange.gateway.engine.team.activePeople().map(({ id }) => id) })
}

/** GET /api/v1/users/groups: those that the caller is in. */
export function ownGroups(exchange: Exchange): void {
  const { gateway, principal } = exchange
  sendJson(exchange, 200, gateway.engine.team.groupsOf(principal.id).map(groupToJson))
}

/** GET /api/v1/users/{id}: what people may know of each other. */
export function personById(exchange: Exchange): void {
  const { team } = exchange.gateway.engine
  const id = exchange.params.id ?? ''
  if (id === OWNER_ID) {
    sendJson(exchange, 200, { id, name: OWNER.name, profile_image_url: '/user.png', active: true, groups: [] })
    return
  }
  const person = found(exchange)
  const mayKnowGroups = isAdmin(exchange.principal) || exchange.principal.id === id
  sendJson(exchange, 200, {
    id,
    name: person.name,
    profile_image_url: pictureOf(person),
    active: isActive(exchange, id),
    groups: mayKnowGroups ? team.groupsOf(id).map(({ id: groupId, name }) => ({ id: groupId, name })) : [],
  })
}

/** GET /api/v1/users/{id}/groups */
export function groupsOfPerson(exchange: Exchange): void {
  const person = found(exchange)
  sendJson(exchange, 200, exchange.gateway.engine.team.groupsOf(person.id).map(groupToJson))
}

/** GET /api/v1/users/{id}/active */
export function personActive(exchange: Exchange): void {
  sendJson(exchange, 200, { active: isActive(exchange, exchange.params.id ?? '') })
}

/** GET /api/v1/users/{id}/profile/image */
export function personPicture(exchange: Exchange): void {
  const person = exchange.params.id === OWNER_ID ? null : found(exchange)
  sendPicture(exchange, person?.profileImageUrl, person?.updatedAt ?? 0, '/user.png')
}

/** POST /api/v1/users/{id}/update: what is left out stays; an empty password, too. */
export async function updatePerson(exchange: Exchange): Promise<void> {
  const { id } = found(exchange)
  const form = await readAccountForm(exchange, changeSchema)
  if (form.password) checkPasswordLength(form.password)
  const picture = givenPicture(form.profile_image_url, id)
  const patch: PersonPatch = {
    ...(form.role == null ? {} : { role: form.role }),
    ...(form.name == null ? {} : { name: form.name }),
    ...(form.email == null ? {} : { email: form.email }),
    ...(picture === null ? {} : { profileImageUrl: picture }),
    ...(form.password ? { password: form.password } : {}),
  }
  const { team } = exchange.gateway.engine
  const person = await inWords(ACCOUNT_SAYINGS, () => team.updatePerson(id, patch, exchange.principal))
  sendJson(exchange, 200, personToJson(person))
}

/** DELETE /api/v1/users/{id}. Nobody removes themselves, and nobody the first administrator. */
export async function removePerson(exchange: Exchange): Promise<void> {
  const { id } = found(exchange)
  if (id === exchange.principal.id) throw new EngineError('forbidden', ACTION_PROHIBITED)
  await inWords(ACCOUNT_SAYINGS, () => exchange.gateway.engine.team.removePerson(id, exchange.principal))
  sendJson(exchange, 200, true)
}

function found(exchange: Exchange): Person {
  const person = exchange.gateway.engine.team.person(exchange.params.id ?? '')
  if (person === null) throw new EngineError('not_found', NOT_FOUND, { status: 400 })
  return person
}

function isActive({ gateway, principal }: Exchange, id: string): boolean {
  return id === principal.id || gateway.engine.team.activePeople().some((person) => person.id === id)
}

/** What cannot be sorted by, or is no page, falls back to the default, as in Open WebUI. */
function peopleQuery(exchange: Exchange): PeopleQuery {
  const given = new URLSearchParams(exchange.query)
  const orderBy = given.get('order_by') ?? ''
  const page = Number(given.get('page') ?? 1)
  return peopleQuerySchema.parse({
    query: (given.get('query') ?? '').slice(0, 200),
    ...(ORDERS.has(orderBy) ? { orderBy } : {}),
    direction: given.get('direction') === 'asc' ? 'asc' : 'desc',
    // Open WebUI's table of people sorts by membership of a group; here it shows the group.
    groupId: given.get('group_id') ?? (orderBy.startsWith('group_id:') ? orderBy.slice('group_id:'.length) : null),
    page: Number.isSafeInteger(page) ? Math.max(1, page) : 1,
  })
}
