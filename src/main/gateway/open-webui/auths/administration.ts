import { z } from 'zod'
import { roleSchema } from '#shared/access.ts'
import type { TeamSettings } from '#shared/team.ts'
import { addedPersonToJson } from '../../../engine/wire/open-webui/session-json.ts'
import type { Exchange } from '../../exchange.ts'
import { sendJson } from '../../respond.ts'
import { givenPicture } from '../users/profile-picture.ts'
import { ACCOUNT_SAYINGS, checkPasswordLength, readAccountForm } from './account-form.ts'
import { inWords } from './words.ts'

const newPersonSchema = z.looseObject({
  name: z.string().trim().min(1).max(200),
  email: z.string(),
  password: z.string(),
  role: roleSchema.nullish(),
  profile_image_url: z.string().nullish(),
})
/** The fields that mean something here; Open WebUI's many others are accepted and have no effect. */
const configSchema = z.looseObject({
  ENABLE_SIGNUP: z.boolean().nullish(),
  ENABLE_API_KEYS: z.boolean().nullish(),
  DEFAULT_USER_ROLE: roleSchema.nullish(),
  DEFAULT_GROUP_ID: z.string().max(256).nullish(),
  PENDING_USER_OVERLAY_TITLE: z.string().max(200).nullish(),
  PENDING_USER_OVERLAY_CONTENT: z.string().max(4_000).nullish(),
})

const UNITS = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const

/** POST /api/v1/auths/add: an account made by an administrator. */
export async function addPerson(exchange: Exchange): Promise<void> {
  const form = await readAccountForm(exchange, newPersonSchema)
  checkPasswordLength(form.password)
  const input = {
    name: form.name,
    email: form.email,
    password: form.password,
    role: form.role ?? 'pending',
    profileImageUrl: givenPicture(form.profile_image_url, null) ?? '',
  }
  const { team } = exchange.gateway.engine
  const person = await inWords(ACCOUNT_SAYINGS, () => team.addPerson(input, exchange.principal))
  sendJson(exchange, 200, addedPersonToJson(person))
}

/** GET /api/v1/auths/admin/details: whom people who wait for approval may turn to. */
export function adminDetails(exchange: Exchange): void {
  const admins = exchange.gateway.engine.team.everyone().filter(({ role }) => role === 'admin')
  const [first] = admins.sort((one, other) => one.createdAt - other.createdAt)
  sendJson(exchange, 200, { name: first?.name ?? null, email: first?.email ?? null })
}

/** GET /api/v1/auths/admin/config */
export function adminConfig(exchange: Exchange): void {
  const { team } = exchange.gateway.engine
  const lifetime = team.sessionSeconds()
  sendJson(exchange, 200, {
    ...configToJson(team.settings()),
    // Decided by the environment alone.
    ENABLE_API_KEYS_ENDPOINT_RESTRICTIONS: team.keyEndpoints !== null,
    API_KEYS_ALLOWED_ENDPOINTS: (team.keyEndpoints ?? []).join(','),
    ...(lifetime === null ? {} : { JWT_EXPIRES_IN: durationOf(lifetime) }),
  })
}

/** POST /api/v1/auths/admin/config: what is left out stays. */
export async function updateAdminConfig(exchange: Exchange): Promise<void> {
  const form = await readAccountForm(exchange, configSchema)
  const { team } = exchange.gateway.engine
  const now = team.settings()
  const shown = configToJson(now)
  const patch: Partial<TeamSettings> = {}
  const role = form.DEFAULT_USER_ROLE ?? shownRole(now)
  const isOpen = form.ENABLE_SIGNUP ?? now.signUp !== 'closed'
  // What comes back as it was shown changes nothing: one word of ours can stand behind two of theirs.
  if (isOpen !== shown.ENABLE_SIGNUP || role !== shown.DEFAULT_USER_ROLE) {
    patch.signUp = isOpen ? (role === 'pending' ? 'request' : 'open') : 'closed'
    patch.defaultRole = role
  }
  if (form.ENABLE_API_KEYS != null) patch.apiKeys = form.ENABLE_API_KEYS
  if (form.DEFAULT_GROUP_ID !== undefined) patch.defaultGroupId = form.DEFAULT_GROUP_ID || null
  if (form.PENDING_USER_OVERLAY_TITLE !== undefined) patch.pendingTitle = form.PENDING_USER_OVERLAY_TITLE ?? ''
  if (form.PENDING_USER_OVERLAY_CONTENT !== undefined) patch.pendingText = form.PENDING_USER_OVERLAY_CONTENT ?? ''
  team.setSettings(patch, exchange.principal)
  adminConfig(exchange)
}

/** As JWT_EXPIRES_IN is written: `4w`, `36h`. */
function durationOf(seconds: number): string {
  const [unit, size] = UNITS.find(([, length]) => seconds % length === 0) ?? ['s', 1]
  return `${seconds / size}${unit}`
}

/** With sign-up on request everybody waits first, whatever the role that approval gives. */
function shownRole({ signUp, defaultRole }: TeamSettings): TeamSettings['defaultRole'] {
  return signUp === 'request' ? 'pending' : defaultRole
}

function configToJson(settings: TeamSettings): Record<string, unknown> {
  return {
    SHOW_ADMIN_DETAILS: true,
    ENABLE_SIGNUP: settings.signUp !== 'closed',
    ENABLE_API_KEYS: settings.apiKeys,
    DEFAULT_USER_ROLE: shownRole(settings),
    DEFAULT_GROUP_ID: settings.defaultGroupId ?? '',
    PENDING_USER_OVERLAY_TITLE: settings.pendingTitle,
    PENDING_USER_OVERLAY_CONTENT: settings.pendingText,
  }
}
