import type { Group } from '#shared/team.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import { isAdmin } from '../../../engine/spec/principal.ts'
import {
  changedGroupFromJson,
  groupToJson,
  memberIdsFromJson,
  newGroupFromJson,
} from '../../../engine/wire/open-webui/group-json.ts'
import { personCardToJson } from '../../../engine/wire/open-webui/person-json.ts'
import type { Exchange } from '../../exchange.ts'
import { sendJson } from '../../respond.ts'
import { readAccountBody } from '../auths/account-form.ts'
import { inWords, NOT_FOUND } from '../auths/words.ts'
import { asForm } from '../read-form.ts'

/** How refusals about groups are told. */
const GROUP_SAYINGS = {
  not_found: { status: 400, text: NOT_FOUND },
  conflict: { status: 400 },
  forbidden: { status: 400 },
} as const

/** GET /api/v1/groups: all of them for administrators, for others those that they are in. */
export function listGroups(exchange: Exchange): void {
  const { principal, gateway } = exchange
  const { team } = gateway.engine
  const groups = isAdmin(principal) ? team.groups() : team.groupsOf(principal.id)
  sendJson(exchange, 200, groups.map(groupToJson))
}

/** POST /api/v1/groups/create */
export async function createGroup(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  const { input, userIds } = await asForm(async () => newGroupFromJson(await readAccountBody(exchange)))
  const { team } = gateway.engine
  const group = await inWords(GROUP_SAYINGS, () => {
    const created = team.createGroup(input, principal)
    return userIds === null ? created : team.setMembers(created.id, known(exchange, userIds), principal)
  })
  sendJson(exchange, 200, groupToJson(group))
}

/** GET /api/v1/groups/id/{id} */
export function groupById(exchange: Exchange): void {
  sendJson(exchange, 200, groupToJson(found(exchange, 401)))
}

/** GET /api/v1/groups/id/{id}/export: with the ids of its members. */
export function exportGroup(exchange: Exchange): void {
  const group = found(exchange, 401)
  const members = exchange.gateway.engine.team.members(group.id)
  sendJson(exchange, 200, { ...groupToJson(group), user_ids: members.map(({ id }) => id) })
}

/** GET and POST /api/v1/groups/id/{id}/users: the members. */
export function groupMembers(exchange: Exchange): void {
  const group = found(exchange, 400)
  sendJson(exchange, 200, exchange.gateway.engine.team.members(group.id).map(personCardToJson))
}

/** POST /api/v1/groups/id/{id}/update: what is left out stays. */
export async function updateGroup(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  const { team } = gateway.engine
  const body = await asForm(() => readAccountBody(exchange))
  const now = found(exchange, 400)
  const { input, userIds } = await asForm(() => changedGroupFromJson(body, now))
  const group = await inWords(GROUP_SAYINGS, () => {
    const updated = team.updateGroup(now.id, input, principal)
    return userIds === null ? updated : team.setMembers(now.id, known(exchange, userIds), principal)
  })
  sendJson(exchange, 200, groupToJson(group))
}

/** POST /api/v1/groups/id/{id}/users/add. Ids that nobody has are left out. */
export async function addMembers(exchange: Exchange): Promise<void> {
  const { id } = found(exchange, 400)
  const ids = known(exchange, await readMemberIds(exchange))
  const { team } = exchange.gateway.engine
  sendJson(exchange, 200, groupToJson(await inWords(GROUP_SAYINGS, () => team.addMembers(id, ids, exchange.principal))))
}

/** POST /api/v1/groups/id/{id}/users/remove */
export async function removeMembers(exchange: Exchange): Promise<void> {
  const { id } = found(exchange, 400)
  const ids = await readMemberIds(exchange)
  const { team } = exchange.gateway.engine
  const group = await inWords(GROUP_SAYINGS, () => team.removeMembers(id, ids, exchange.principal))
  sendJson(exchange, 200, groupToJson(group))
}

/** DELETE /api/v1/groups/id/{id}/delete */
export async function removeGroup(exchange: Exchange): Promise<void> {
  const { id } = found(exchange, 400)
  await inWords(GROUP_SAYINGS, () => exchange.gateway.engine.team.removeGroup(id, exchange.principal))
  sendJson(exchange, 200, true)
}

function readMemberIds(exchange: Exchange): Promise<string[]> {
  return asForm(async () => memberIdsFromJson(await readAccountBody(exchange)))
}

/** Open WebUI answers 401 where a group is asked for, and 400 where it would be changed. */
function found(exchange: Exchange, status: 400 | 401): Group {
  const group = exchange.gateway.engine.team.group(exchange.params.id ?? '')
  if (group === null) throw new EngineError('not_found', NOT_FOUND, { status })
  return group
}

function known(exchange: Exchange, ids: readonly string[]): string[] {
  const { team } = exchange.gateway.engine
  return [...new Set(ids)].filter((id) => team.person(id) !== null)
}
