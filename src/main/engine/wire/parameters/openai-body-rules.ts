import { toolPicturesLine } from '../tool-pictures.ts'
import { parseLogitBias } from './logit-bias.ts'
import { hasFixedSampling, type ModelFamily, newModelFamily } from './model-rules.ts'
import { isPlainObject } from './parameter-casts.ts'
import { type ToolCallIds, withNineCharacterIds } from './tool-call-id.ts'

/** What a server takes of an OpenAI chat body, as far as servers differ. */
export interface OpenAiBodyRules {
  /** What models outside the newer families name their cap by; `either` leaves the caller's choice. */
  tokenCap: 'max_tokens' | 'either'
  /** False if it knows no role but `system`, whatever the model. */
  developerRole: boolean
  /** False if it refuses `stream_options` (it tells its usage without being asked). */
  streamOptions: boolean
  /** At most this many `stop` texts; null for no limit. */
  maxStops: number | null
  /** Models whose sampling cannot be changed: all newer ones, those known for it, or none. */
  fixedSampling: 'new-models' | 'known-models' | 'never'
  /** The ids of tool calls that it takes. */
  toolCallIds: ToolCallIds
  /** Top-level fields that it refuses; they are left out. */
  refusedFields: ReadonlySet<string>
  /** Fields that it knows by another name. */
  renamedFields: Readonly<Record<string, string>>
}

/** A body after rules. `body` is the very object that came in if nothing had to change. */
export interface RuledBody {
  body: Readonly<Record<string, unknown>>
  /** Fields that were left out although they meant something. */
  notSent: string[]
}

/** Left out without a word: a server that has no use for them does what they ask for anyway. */
const SILENT: ReadonlySet<string> = new Set(['keep_alive', 'model'])

/**
 * Rewrites an OpenAI body (of a chat, completion or embedding) for a server and model: names of the token cap, roles, logit_bias given as
 * text, `stream_options`, tool contents, ids of tool calls, and what the server refuses. Throws `invalid_request` for a malformed logit_bias.
 */
export function applyOpenAiBodyRules(
  body: Readonly<Record<string, unknown>>,
  model: string,
  rules: OpenAiBodyRules,
): RuledBody {
  const draft = new BodyDraft(body)
  const family = newModelFamily(model)

  // Completions never learnt the newer name of the cap.
  if (body.messages !== undefined) renameTokenCap(draft, family !== null, rules)
  if (typeof body.logit_bias === 'string') draft.set('logit_bias', parseLogitBias(body.logit_bias))
  if (body.stream_options !== undefined && (body.stream !== true || !rules.streamOptions))
    draft.remove('stream_options')
  if (isSamplingFixed(model, rules)) dropSampling(draft)
  if (rules.maxStops !== null && Array.isArray(body.stop) && body.stop.length > rules.maxStops) {
    draft.set('stop', body.stop.slice(0, rules.maxStops))
    draft.notSent.push(`stop[${rules.maxStops}..]`)
  }
  for (const field of Object.keys(body)) {
    if (rules.refusedFields.has(field)) draft.leaveOut(field)
    const name = Object.hasOwn(rules.renamedFields, field) ? rules.renamedFields[field] : undefined
    if (name === undefined) continue
    draft.set(name, draft.get(field))
    draft.remove(field)
  }
  if (Array.isArray(body.messages)) {
    const messages = ruledMessages(body.messages, newRoles(family, rules), rules.toolCallIds, draft.notSent)
    if (messages !== body.messages) draft.set('messages', messages)
  }
  return draft.result()
}

/** Changes to a body on a copy that is only made when the first one comes. */
export class BodyDraft {
  readonly notSent: string[] = []
  readonly #original: Readonly<Record<string, unknown>>
  #copy: Record<string, unknown> | null = null

  constructor(original: Readonly<Record<string, unknown>>) {
    this.#original = original
  }

  get(field: string): unknown {
    return (this.#copy ?? this.#original)[field]
  }

  set(field: string, value: unknown): void {
    this.#copy ??= { ...this.#original }
    this.#copy[field] = value
  }

  remove(field: string): void {
    if (!Object.hasOwn(this.#copy ?? this.#original, field)) return
    this.#copy ??= { ...this.#original }
    delete this.#copy[field]
  }

  /** Removes a field and says so, unless it said nothing. */
  leaveOut(field: string): void {
    const value = this.get(field)
    this.remove(field)
    if (value !== undefined && value !== null && !SILENT.has(field)) this.notSent.push(field)
  }

  result(): RuledBody {
    return { body: this.#copy ?? this.#original, notSent: this.notSent }
  }
}

function renameTokenCap(draft: BodyDraft, isNew: boolean, rules: OpenAiBodyRules): void {
  const cap = draft.get('max_completion_tokens') ?? undefined
  if (isNew) {
    if (cap === undefined && draft.get('max_tokens') != null)
      draft.set('max_completion_tokens', draft.get('max_tokens'))
    draft.remove('max_tokens')
  } else if (cap !== undefined && rules.tokenCap === 'max_tokens') {
    draft.set('max_tokens', cap)
    draft.remove('max_completion_tokens')
  } else if (cap !== undefined) {
    draft.remove('max_tokens')
  }
}

/** True if the model's sampling cannot be changed where these rules hold. */
export function isSamplingFixed(model: string, { fixedSampling }: Pick<OpenAiBodyRules, 'fixedSampling'>): boolean {
  if (fixedSampling === 'never') return false
  return fixedSampling === 'new-models' ? newModelFamily(model) !== null : hasFixedSampling(model)
}

function dropSampling(draft: BodyDraft): void {
  for (const field of ['temperature', 'top_p']) {
    const value = draft.get(field)
    if (value === 1) continue
    draft.leaveOut(field)
  }
}

/** What those who instruct a model are called instead; null where the name stays. */
interface NewRoles {
  system: ModelFamily['systemRole'] | null
  developer: 'system' | 'user' | null
}

const FAMILY_ROLES: Record<ModelFamily['systemRole'], NewRoles> = {
  developer: { system: 'developer', developer: null },
  user: { system: 'user', developer: 'user' },
}
const ONLY_SYSTEM: NewRoles = { system: null, developer: 'system' }
const ANY_ROLE: NewRoles = { system: null, developer: null }

function newRoles(family: ModelFamily | null, rules: OpenAiBodyRules): NewRoles {
  if (!rules.developerRole) return ONLY_SYSTEM
  return family === null ? ANY_ROLE : FAMILY_ROLES[family.systemRole]
}

function ruledMessages(
  messages: readonly unknown[],
  roles: NewRoles,
  toolCallIds: ToolCallIds,
  notSent: string[],
): readonly unknown[] {
  const ruled: unknown[] = []
  let changed = false
  let pictures: unknown[] = []
  for (const [index, message] of messages.entries()) {
    if (!isPlainObject(message)) {
      ruled.push(message)
      continue
    }
    if (pictures.length > 0 && message.role !== 'tool') {
      ruled.push({ role: 'user', content: pictures })
      pictures = []
    }
    const plain = plainMessage(message, index, roles, notSent)
    const result = toolCallIds === 'any' ? plain : withNineCharacterIds(plain)
    if (result !== message) changed = true
    ruled.push(result)
    if (message.role === 'tool' && Array.isArray(message.content)) pictures.push(...picturesIn(message.content, result))
  }
  if (pictures.length > 0) ruled.push({ role: 'user', content: pictures })
  return changed ? ruled : messages
}

/** A tool's pictures, for a message of the person's behind all results of that turn: tools' own hold text alone. */
function picturesIn(content: readonly unknown[], { tool_call_id: id }: Readonly<Record<string, unknown>>): unknown[] {
  const pictures = content.filter(isPicture)
  if (pictures.length === 0) return []
  return [{ type: 'text', text: toolPicturesLine(pictures.length, undefined, String(id)) }, ...pictures]
}

function isPicture(part: unknown): boolean {
  return isPlainObject(part) && part.type === 'image_url' && part.image_url != null
}

function plainMessage(
  message: Readonly<Record<string, unknown>>,
  index: number,
  roles: NewRoles,
  notSent: string[],
): Readonly<Record<string, unknown>> {
  // Servers refuse a mix of `system` and `developer`, so every one is renamed, not only the first.
  const role = message.role === 'system' ? roles.system : message.role === 'developer' ? roles.developer : null
  if (role !== null) return { ...message, role }
  if (message.role !== 'tool' || !Array.isArray(message.content)) return message
  return { ...message, content: flatText(message.content, `messages[${index}].content`, notSent) }
}

function flatText(parts: readonly unknown[], path: string, notSent: string[]): string {
  let text = ''
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') text += part
    else if (isPlainObject(part) && typeof part.text === 'string') text += part.text
    else if (!isPicture(part)) notSent.push(`${path}[${index}]`)
  }
  return text
}
