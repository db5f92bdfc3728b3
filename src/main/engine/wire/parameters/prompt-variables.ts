import type { Clock } from '../../spec/clock.ts'
import { declaredVariableAt } from './declared-variable.ts'

/** Who asks, as far as prompts may name it. Absent and null facts read `None`. */
export interface PromptUser {
  name?: string | null
  email?: string | null
  bio?: string | null
  gender?: string | null
  /** `YYYY-MM-DD`. */
  birthDate?: string | null
  location?: string | null
  groups?: readonly string[]
}

/** Where the values of a prompt's variables come from. */
export interface PromptContext {
  /** Without a user, its variables read `Unknown`. */
  user?: PromptUser | null
  /** `{{chat.variables.<key>}}`. */
  chatVariables?: Readonly<Record<string, unknown>>
  /** `{{user.variables.<key>}}`. */
  userVariables?: Readonly<Record<string, unknown>>
  /** What the client sends, keyed by the text that stands in the prompt: `{{CURRENT_TIMEZONE}}`, `{{USER_LANGUAGE}}` … */
  clientVariables?: Readonly<Record<string, unknown>>
  /** IANA name; the machine's own if absent. */
  timeZone?: string
}

const SERVER_VARIABLE = /\{\{\s*([A-Z_]+)\s*\}\}/y

/**
 * A prompt with its variables replaced, in one pass: a value is never read for variables itself, so nobody can smuggle
 * one in through a name. Of equal names the chat's wins, then the user's, the client's, ours. Unknown ones stay as they are;
 * a chat or user variable without value reads as its `default`, or empty.
 */
export function resolvePromptVariables(prompt: string, context: PromptContext, clock: Clock): string {
  const client = Object.entries(context.clientVariables ?? {})
    .filter(([key]) => key !== '')
    .sort(([left], [right]) => right.length - left.length)
  if (!prompt.includes('{{') && !client.some(([key]) => prompt.includes(key))) return prompt
  const server = serverVariables(context, clock)

  function replacementAt(at: number): { text: string; end: number } | null {
    const declared = declaredVariableAt(prompt, at)
    if (declared !== null) {
      const values = declared.scope === 'chat' ? context.chatVariables : context.userVariables
      const value = ownValue(values, declared.key) ?? declared.properties.default
      return { text: asText(value), end: declared.end }
    }
    const fromClient = client.find(([key]) => prompt.startsWith(key, at))
    if (fromClient !== undefined) return { text: asText(fromClient[1]), end: at + fromClient[0].length }
    SERVER_VARIABLE.lastIndex = at
    const named = SERVER_VARIABLE.exec(prompt)
    const value = named === null ? undefined : server(named[1] ?? '')
    return named === null || value === undefined ? null : { text: value, end: at + named[0].length }
  }

  // Clients name their variables in braces; one that does not is still found, wherever it stands.
  const starts = new Set(['{', ...client.map(([key]) => key.charAt(0))])
  let result = ''
  let copied = 0
  for (let at = 0; at < prompt.length; ) {
    const found = starts.has(prompt.charAt(at)) ? replacementAt(at) : null
    if (found === null) {
      at++
      continue
    }
    result += prompt.slice(copied, at) + found.text
    at = found.end
    copied = at
  }
  return result + prompt.slice(copied)
}

function serverVariables(context: PromptContext, clock: Clock): (name: string) => string | undefined {
  const { user, timeZone } = context
  // Formatting a date costs 0.2 ms: only where a prompt has one.
  let known: ReturnType<typeof localTime> | null = null
  const now = (): ReturnType<typeof localTime> => {
    known ??= localTime(new Date(clock.now()), timeZone)
    return known
  }
  const personal: Readonly<Record<string, string | null | undefined>> = {
    USER_NAME: user?.name,
    USER_EMAIL: user?.email,
    USER_BIO: user?.bio,
    USER_GENDER: user?.gender,
    USER_BIRTH_DATE: user?.birthDate,
    USER_AGE: user?.birthDate ? ageOn(user.birthDate, now().date) : null,
    USER_LOCATION: user?.location,
    USER_GROUPS: user?.groups?.join(', ') ?? '',
  }
  return (name) => {
    switch (name) {
      case 'CURRENT_DATE':
        return now().date
      case 'CURRENT_TIME':
        return now().time
      case 'CURRENT_DATETIME':
        return `${now().date} ${now().time}`
      case 'CURRENT_WEEKDAY':
        return now().weekday
      default:
        if (!Object.hasOwn(personal, name)) return undefined
        return user ? (personal[name] ?? 'None') : 'Unknown'
    }
  }
}

/** `2026-11-21`, `03:04:05 PM`, `Saturday`. */
function localTime(now: Date, timeZone: string | undefined): { date: string; time: string; weekday: string } {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...(timeZone === undefined ? {} : { timeZone }),
    calendar: 'gregory',
    numberingSystem: 'latn',
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: true,
  }).formatToParts(now)
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? ''
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}:${part('second')} ${part('dayPeriod')}`,
    weekday: part('weekday'),
  }
}

/** Whole years between two `YYYY-MM-DD` dates; null if the first is none. */
function ageOn(birthDate: string, today: string): string | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(birthDate) ?? []
  const [thisYear, thisMonth, thisDay] = today.split('-').map(Number)
  if (year === undefined || thisYear === undefined || thisMonth === undefined || thisDay === undefined) return null
  const before = thisMonth * 100 + thisDay < Number(month) * 100 + Number(day)
  return String(thisYear - Number(year) - (before ? 1 : 0))
}

function ownValue(values: Readonly<Record<string, unknown>> | undefined, key: string): unknown {
  const value = values !== undefined && Object.hasOwn(values, key) ? values[key] : undefined
  return value === null || value === '' ? undefined : value
}

/** A variable's value as it stands in a prompt. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(asText).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
