import { z } from 'zod'
import type { Person } from '#shared/team.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import { profileToJson } from '../../../engine/wire/open-webui/session-json.ts'
import type { Exchange } from '../../exchange.ts'
import { sendJson } from '../../respond.ts'
import { savedSettings, saveSettings } from '../users/person-settings.ts'
import { givenPicture } from '../users/profile-picture.ts'
import { ACCOUNT_SAYINGS, checkPasswordLength, readAccountForm } from './account-form.ts'
import { inWords, RATE_LIMITED, WRONG_PASSWORD } from './words.ts'

const profileSchema = z.looseObject({
  name: z.string().trim().min(1).max(200),
  profile_image_url: z.string().nullish(),
})
const passwordSchema = z.looseObject({ password: z.string(), new_password: z.string() })
const timeZoneSchema = z.looseObject({ timezone: z.string().min(1).max(100) })

/** The account of whoever calls. The owner at this computer has none. */
export function ownAccount({ principal, gateway }: Exchange): Person {
  const person = principal.kind === 'person' ? gateway.engine.team.person(principal.id) : null
  if (person !== null) return person
  throw new EngineError(
    'unsupported',
    'The owner of this computer has no account here. Sign in as a person to use this.',
  )
}

/** POST /api/v1/auths/update/profile: one's own name and picture. */
export async function updateProfile(exchange: Exchange): Promise<void> {
  const me = ownAccount(exchange)
  const form = await readAccountForm(exchange, profileSchema)
  const picture = givenPicture(form.profile_image_url, me.id)
  const patch = { name: form.name, ...(picture === null ? {} : { profileImageUrl: picture }) }
  const { team } = exchange.gateway.engine
  const person = await inWords(ACCOUNT_SAYINGS, () => team.updatePerson(me.id, patch, exchange.principal))
  sendJson(exchange, 200, profileToJson(person))
}

/** POST /api/v1/auths/update/password. The session it comes from goes on, all others of the person end. */
export async function updatePassword(exchange: Exchange): Promise<void> {
  const me = ownAccount(exchange)
  const form = await readAccountForm(exchange, passwordSchema)
  checkPasswordLength(form.new_password)
  const { team } = exchange.gateway.engine
  const sayings = {
    auth_failed: { status: 400, text: WRONG_PASSWORD },
    rate_limited: { status: 429, text: RATE_LIMITED },
  }
  await inWords(sayings, () =>
    team.changePassword(me.id, form.password, form.new_password, exchange.principal.sessionId),
  )
  sendJson(exchange, 200, true)
}

/** POST /api/v1/auths/update/timezone: kept with the person's settings. */
export async function updateTimeZone(exchange: Exchange): Promise<void> {
  const { timezone } = await readAccountForm(exchange, timeZoneSchema)
  if (!isTimeZone(timezone)) {
    throw new EngineError('invalid_request', `"${timezone}" is no IANA time zone, such as Europe/Berlin.`, {
      param: 'timezone',
    })
  }
  saveSettings(exchange, { ...savedSettings(exchange), timezone })
  sendJson(exchange, 200, { status: true })
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    // The only way to ask is to try.
    return false
  }
}
