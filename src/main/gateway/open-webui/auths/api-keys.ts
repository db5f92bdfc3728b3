import { z } from 'zod'
import { type ApiKey, KEY_SCOPES, type KeyScope, keyScopeSchema } from '#shared/team.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import { isAdmin } from '../../../engine/spec/principal.ts'
import type { Exchange } from '../../exchange.ts'
import { ACCESS_PROHIBITED, API_KEYS_OFF } from '../../require.ts'
import { sendJson } from '../../respond.ts'
import { readAccountForm } from './account-form.ts'
import { inWords, KEY_NOT_FOUND, NOT_FOUND } from './words.ts'

/** Name of the one key that Open WebUI's clients know of. */
const COMPATIBLE_KEY = 'api_key'

const newKeySchema = z.looseObject({
  name: z.string().trim().min(1).max(200),
  scopes: z.array(keyScopeSchema).min(1).optional(),
  /** Epoch seconds. */
  expires_at: z.number().int().positive().nullish(),
  /** Whose it is; only administrators make keys for others. */
  user_id: z.string().max(256).nullish(),
})
const KEYS_OFF = { status: 403, text: API_KEYS_OFF }
const KEY_SAYINGS = {
  'forbidden:apiKeys': KEYS_OFF,
  'forbidden:permissions': KEYS_OFF,
  not_found: { status: 404, text: NOT_FOUND },
}

/** GET /api/v1/auths/api_key: the beginning of the key. The rest is known to nobody, as only its hash is kept. */
export function compatibleKey(exchange: Exchange): void {
  const [key] = compatibleKeys(exchange)
  if (key === undefined) throw new EngineError('not_found', KEY_NOT_FOUND)
  sendJson(exchange, 200, { api_key: key.start })
}

/** POST /api/v1/auths/api_key: a new key in place of the old one; it may do what its person may. */
export async function renewCompatibleKey(exchange: Exchange): Promise<void> {
  const { principal, gateway } = exchange
  const { team } = gateway.engine
  const scopes: KeyScope[] = KEY_SCOPES.filter((scope) => scope !== 'admin' || principal.role === 'admin')
  const old = compatibleKeys(exchange)
  const { secret } = await inWords(KEY_SAYINGS, () =>
    team.createKey(principal.id, { name: COMPATIBLE_KEY, scopes }, principal),
  )
  for (const { id } of old) team.revokeKey(id, principal)
  sendJson(exchange, 200, { api_key: secret }, { 'Cache-Control': 'no-store' })
}

/** DELETE /api/v1/auths/api_key */
export function removeCompatibleKey(exchange: Exchange): void {
  const { team } = exchange.gateway.engine
  for (const { id } of compatibleKeys(exchange)) team.revokeKey(id, exchange.principal)
  sendJson(exchange, 200, true)
}

/** GET /api/v1/auths/api_keys: one's own; administrators name another person with `user_id`, or all with `*`. */
export function listKeys(exchange: Exchange): void {
  const { team } = exchange.gateway.engine
  const personId = new URLSearchParams(exchange.query).get('user_id') ?? exchange.principal.id
  requireOwn(exchange, personId)
  sendJson(exchange, 200, team.keys(personId === '*' ? null : personId).map(keyToJson))
}

/** POST /api/v1/auths/api_keys: answers with the key itself, once. */
export async function createKey(exchange: Exchange): Promise<void> {
  const form = await readAccountForm(exchange, newKeySchema)
  const personId = form.user_id ?? exchange.principal.id
  requireOwn(exchange, personId)
  const input = {
    name: form.name,
    expiresAt: form.expires_at ?? null,
    ...(form.scopes === undefined ? {} : { scopes: form.scopes }),
  }
  const { team } = exchange.gateway.engine
  const { key, secret } = await inWords(KEY_SAYINGS, () => team.createKey(personId, input, exchange.principal))
  sendJson(exchange, 200, { ...keyToJson(key), api_key: secret }, { 'Cache-Control': 'no-store' })
}

/** DELETE /api/v1/auths/api_keys/{id}. Keys of others do not exist for people who are no administrators. */
export async function revokeKey(exchange: Exchange): Promise<void> {
  const { principal, gateway, params } = exchange
  const { team } = gateway.engine
  const visible = isAdmin(principal) ? team.keys(null) : team.keys(principal.id)
  const key = visible.find(({ id }) => id === params.id)
  if (key === undefined) throw new EngineError('not_found', NOT_FOUND)
  team.revokeKey(key.id, principal)
  sendJson(exchange, 200, true)
}

function compatibleKeys({ principal, gateway }: Exchange): ApiKey[] {
  return gateway.engine.team.keys(principal.id).filter(({ name }) => name === COMPATIBLE_KEY)
}

function requireOwn({ principal }: Exchange, personId: string): void {
  if (personId === principal.id || isAdmin(principal)) return
  throw new EngineError('forbidden', ACCESS_PROHIBITED, { status: 401 })
}

function keyToJson(key: ApiKey): Record<string, unknown> {
  return {
    id: key.id,
    name: key.name,
    start: key.start,
    scopes: key.scopes,
    user_id: key.personId,
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    last_used_at: key.lastUsedAt,
  }
}
