import type { z } from 'zod'
import { type NewPerson, newPersonSchema, type PersonPatch, personPatchSchema } from '#shared/team.ts'
import { EngineError } from '../spec/engine-error.ts'

/** As data, a small picture; larger ones would travel with every list of people. */
const MAX_IMAGE_LENGTH = 400_000
const EMAIL = /^[^@\s\p{C}]+@([^@\s\p{C}]+\.[^@\s\p{C}.]+|localhost)$/u
const IMAGE = /^$|^\/(?!\/)|^https?:\/\/[^/\s]|^data:image\/(png|jpeg|gif|webp);base64,/i

/** Throws `invalid_request` with the field. */
export function readNewPerson(input: NewPerson): z.output<typeof newPersonSchema> {
  const person = read(newPersonSchema, input)
  checkEmail(person.email)
  checkImage(person.profileImageUrl)
  return person
}

/** Throws `invalid_request` with the field. */
export function readPersonPatch(input: PersonPatch): PersonPatch {
  const patch = read(personPatchSchema, input)
  if (patch.email !== undefined) checkEmail(patch.email)
  if (patch.profileImageUrl !== undefined) checkImage(patch.profileImageUrl)
  return patch
}

/** Any input of this area by its schema. Throws `invalid_request` with the field. */
export function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const param = issue?.path.join('.') ?? ''
  throw new EngineError('invalid_request', `${param === '' ? 'The input' : param} is not usable: ${issue?.message}.`, {
    cause: parsed.error,
    param,
  })
}

/** Only the form is looked at: whether anybody reads it, a machine on a local network cannot find out. */
export function isEmail(text: string): boolean {
  return EMAIL.test(text)
}

function checkEmail(email: string): void {
  if (isEmail(email)) return
  throw new EngineError('invalid_request', 'The e-mail address is not complete. It looks like name@example.com.', {
    param: 'email',
  })
}

function checkImage(url: string): void {
  if (url.length <= MAX_IMAGE_LENGTH && IMAGE.test(url)) return
  throw new EngineError(
    'invalid_request',
    'The picture must be PNG, JPEG, GIF or WebP with at most 300 kB, or an address that begins with http.',
    { param: 'profileImageUrl' },
  )
}
