import { z } from 'zod'
import { DEFAULT_PERMISSIONS, type Permissions } from '#shared/access.ts'
import { parseRequest } from '../parse-request.ts'

const right = z.boolean().nullish()

/** Open WebUI has more sections and rights than there is here something to permit; those are let by. */
const formSchema = z.looseObject({
  workspace: z.looseObject({ models: right, models_import: right, models_export: right }).nullish(),
  sharing: z.looseObject({ models: right, public_models: right }).nullish(),
  access_grants: z.looseObject({ allow_users: right, allow_groups: right }).nullish(),
  features: z.looseObject({ api_keys: right }).nullish(),
})

/** Nothing beyond what everybody has: what a right that a group's form leaves out means. */
export const NO_PERMISSIONS: Permissions = mapRights(() => false)

/**
 * Permissions as a client sends them: what it leaves out stays as in `base`. `field` is where in the body they stand, if
 * they are not all of it. Throws `invalid_request` with the field.
 */
export function permissionsFromJson(json: unknown, base: Permissions, field?: string): Permissions {
  const given = field === undefined ? parseRequest(formSchema, json) : partOf(field, json)
  const form = given as Readonly<Record<string, Readonly<Record<string, unknown>> | null>>
  return mapRights((section, name) => {
    const right = form[section]?.[name]
    return typeof right === 'boolean' ? right : (base[section] as Readonly<Record<string, boolean>>)[name] === true
  })
}

function partOf(field: string, json: unknown): unknown {
  return parseRequest(z.object({ [field]: formSchema }), { [field]: json })[field]
}

function mapRights(value: (section: keyof Permissions, name: string) => boolean): Permissions {
  const sections = Object.entries(DEFAULT_PERMISSIONS).map(([section, rights]) => [
    section,
    Object.fromEntries(Object.keys(rights).map((name) => [name, value(section as keyof Permissions, name)])),
  ])
  return Object.fromEntries(sections) as Permissions
}
