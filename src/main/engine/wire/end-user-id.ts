import { createHash } from 'node:crypto'
import type { OpenAiBodyRules } from './parameters/openai-body-rules.ts'

/** The longest `user` that OpenAI takes. */
const OPENAI_LONGEST = 64
/** The longest `metadata.user_id` that Anthropic takes. */
const ANTHROPIC_LONGEST = 256
/** Anthropic refuses ids that tell who the person is. */
const EMAIL = /[^\s@]@[^\s@]+\.[^\s@]/
const PHONE = /^\s*\+?[\d\s().-]{7,}$|\+\d[\d\s().-]{6,}/

/** Who asks, for OpenAI's `user`: Claude Code names people in some 150 characters, and every such request would be refused. */
export function openAiUser(
  id: string | undefined,
  { refusedFields }: Pick<OpenAiBodyRules, 'refusedFields'>,
  notSent: string[],
): string | undefined {
  // Where the field is refused it is left out by the rules for bodies, which say so.
  return id === undefined || id.length <= OPENAI_LONGEST || refusedFields.has('user') ? id : hashed(id, notSent)
}

/** Who asks, for Anthropic's `metadata.user_id`. */
export function anthropicUser(id: string | undefined, notSent: string[]): string | undefined {
  if (id === undefined) return undefined
  return id.length <= ANTHROPIC_LONGEST && !EMAIL.test(id) && !PHONE.test(id) ? id : hashed(id, notSent)
}

/** The same person has the same hash in every request, which is all that the field is for. */
function hashed(id: string, notSent: string[]): string {
  notSent.push('user (hashed)')
  return createHash('sha256').update(id).digest('hex')
}
