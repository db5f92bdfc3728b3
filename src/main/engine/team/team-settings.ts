import { DEFAULT_PERMISSIONS, roleSchema } from '#shared/access.ts'
import { type TeamSettings, teamSettingsSchema } from '#shared/team.ts'
import type { Logger } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { DocumentsStore } from '../storage/index.ts'
import { type Environment, switchOf, textOf } from './environment-texts.ts'
import { read } from './person-input.ts'

const KEY = 'team'

const DEFAULTS: TeamSettings = {
  signUp: 'request',
  defaultRole: 'user',
  defaultGroupId: null,
  apiKeys: true,
  permissions: DEFAULT_PERMISSIONS,
  pendingTitle: '',
  pendingText: '',
  requireSignIn: false,
  modelsHere: 'private',
}

/** How people come in: environment variables over stored values over defaults. */
export interface TeamSettingsRecord {
  get(): TeamSettings
  /** Throws `invalid_request`, and `conflict` for what the environment decides. */
  update(patch: Partial<TeamSettings>, at: number): TeamSettings
}

export function createTeamSettings(
  documents: DocumentsStore,
  environment: Environment,
  log: Logger,
): TeamSettingsRecord {
  const decided = readEnvironment(environment, log)
  let stored = readStored(documents.get(KEY), log)
  let current: TeamSettings = { ...stored, ...decided.values }

  return {
    get: () => current,
    update(patch, at) {
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
      const accepted = read(teamSettingsSchema.partial(), given)
      const own: Partial<Record<keyof TeamSettings, unknown>> = { ...accepted }
      for (const [setting, variable] of Object.entries(decided.variables)) {
        const key = setting as keyof TeamSettings
        if (accepted[key] === undefined) continue
        if (accepted[key] !== current[key]) {
          throw new EngineError(
            'conflict',
            `This is decided by the environment variable ${variable}. Unset it to change it here.`,
            { param: setting },
          )
        }
        // Sent back as it was shown: what is stored below the variable stays.
        delete own[key]
      }
      const next = teamSettingsSchema.parse({ ...stored, ...own })
      documents.save(KEY, next, at)
      stored = next
      current = { ...stored, ...decided.values }
      return current
    },
  }
}

/** What makes no sense (any more) falls back to its default; the rest holds. */
function readStored(value: unknown, log: Logger): TeamSettings {
  if (typeof value !== 'object' || value === null) return DEFAULTS
  const settings: Record<string, unknown> = { ...DEFAULTS }
  for (const [key, schema] of Object.entries(teamSettingsSchema.shape)) {
    const stored = (value as Record<string, unknown>)[key]
    if (stored === undefined) continue
    const parsed = schema.safeParse(stored)
    if (parsed.success) settings[key] = parsed.data
    else log.warn({ setting: key }, 'a stored setting of the team makes no sense, so its default holds')
  }
  return teamSettingsSchema.parse(settings)
}

function readEnvironment(
  environment: Environment,
  log: Logger,
): { values: Partial<TeamSettings>; variables: Partial<Record<keyof TeamSettings, string>> } {
  const values: Partial<TeamSettings> = {}
  const variables: Partial<Record<keyof TeamSettings, string>> = {}
  function decide<Key extends keyof TeamSettings>(key: Key, variable: string, value: TeamSettings[Key]): void {
    values[key] = value
    variables[key] = variable
  }

  const roleText = textOf(environment, 'DEFAULT_USER_ROLE')
  const role = roleSchema.safeParse(roleText)
  if (role.success) decide('defaultRole', 'DEFAULT_USER_ROLE', role.data)
  else if (roleText !== undefined)
    log.warn({ variable: 'DEFAULT_USER_ROLE' }, 'there is no such role, so it is ignored')

  const signUp = switchOf(environment, 'ENABLE_SIGNUP', log)
  if (signUp === false) decide('signUp', 'ENABLE_SIGNUP', 'closed')
  else if (signUp === true)
    decide('signUp', 'ENABLE_SIGNUP', role.success && role.data !== 'pending' ? 'open' : 'request')

  const apiKeys = switchOf(environment, 'ENABLE_API_KEYS', log)
  if (apiKeys !== undefined) decide('apiKeys', 'ENABLE_API_KEYS', apiKeys)
  const signIn = switchOf(environment, 'WEBUI_AUTH', log)
  if (signIn !== undefined) decide('requireSignIn', 'WEBUI_AUTH', signIn)
  return { values, variables }
}
