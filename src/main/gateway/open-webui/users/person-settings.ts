import { z } from 'zod'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import type { Exchange } from '../../exchange.ts'
import { sendJson } from '../../respond.ts'
import { readAccountForm } from '../auths/account-form.ts'

/** What one person's client may keep here, bytes of JSON. */
const MAX_SETTINGS = 100_000
const settingsSchema = z.record(z.string(), z.unknown())

/** GET /api/v1/users/user/settings: what the person's client has kept; null if nothing. */
export function personSettings(exchange: Exchange): void {
  const settings = savedSettings(exchange)
  sendJson(exchange, 200, Object.keys(settings).length === 0 ? null : settings)
}

/** POST /api/v1/users/user/settings/update: replaces them as a whole, as its clients expect. */
export async function updatePersonSettings(exchange: Exchange): Promise<void> {
  const settings = await readAccountForm(exchange, settingsSchema)
  sendJson(exchange, 200, saveSettings(exchange, settings))
}

/** The caller's; empty if there are none. */
export function savedSettings({ principal, gateway }: Exchange): Record<string, unknown> {
  return gateway.engine.team.clientSettings(principal.id) ?? {}
}

/** Throws `request_too_large` beyond 100 kB. */
export function saveSettings(
  { principal, gateway }: Exchange,
  settings: Record<string, unknown>,
): Record<string, unknown> {
  if (Buffer.byteLength(JSON.stringify(settings)) > MAX_SETTINGS) {
    throw new EngineError('request_too_large', 'Settings of a person may take 100 kB at most.')
  }
  gateway.engine.team.saveClientSettings(principal.id, settings)
  return settings
}
