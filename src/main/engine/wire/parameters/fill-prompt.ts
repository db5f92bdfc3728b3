import type { Clock } from '../../spec/clock.ts'
import type { PromptContext } from '../../spec/presets.ts'
import type { Principal } from '../../spec/principal.ts'
import { type PromptUser, resolvePromptVariables } from './prompt-variables.ts'

/** Zones that were asked for; far more than there are, and no more than that, as clients name them. */
const MAX_ZONES = 1_000
const knownZones = new Map<string, boolean>()

/**
 * A prompt, of a record or of a chat, with its variables filled in for the person who asks: date and time in their time zone, their name,
 * e-mail address and groups (`None` where a fact is not known, `Unknown` for somebody without a sign-in), and what the
 * client sent along. Unknown variables stay as they are.
 */
export function fillPrompt(prompt: string, context: PromptContext, clock: Clock): string {
  const { principal, language, variables, chatVariables } = context
  if (!prompt.includes('{{') && variables === undefined) return prompt
  // A client's word for its time zone is a courtesy; a wrong one must not fail the request.
  const timeZone = context.timeZone !== undefined && isTimeZone(context.timeZone) ? context.timeZone : undefined
  const clientVariables = {
    ...(prompt.includes('CURRENT_TIMEZONE') ? { '{{CURRENT_TIMEZONE}}': timeZone ?? ownTimeZone() } : {}),
    ...(language === undefined ? {} : { '{{USER_LANGUAGE}}': language }),
    ...variables,
  }
  return resolvePromptVariables(
    prompt,
    {
      user: userOf(principal),
      clientVariables,
      ...(chatVariables === undefined ? {} : { chatVariables }),
      ...(timeZone === undefined ? {} : { timeZone }),
    },
    clock,
  )
}

function userOf({ kind, name, email, groupNames }: Principal): PromptUser | null {
  if (kind === 'anonymous') return null
  return { name: name === '' ? null : name, email: email === '' ? null : email, groups: groupNames }
}

function ownTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Asking Intl takes a tenth of a millisecond, so its word is kept. */
function isTimeZone(name: string): boolean {
  const known = knownZones.get(name)
  if (known !== undefined) return known
  let exists = true
  try {
    Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    exists = false
  }
  if (knownZones.size >= MAX_ZONES) knownZones.clear()
  knownZones.set(name, exists)
  return exists
}
