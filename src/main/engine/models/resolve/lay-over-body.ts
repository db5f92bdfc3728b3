import type { PassThroughEndpoint } from '../../spec/provider-adapter.ts'
import { isPlainObject } from '../../wire/parameters/parameter-casts.ts'
import { prependSystemPrompt, type RoleMessage } from '../../wire/parameters/system-prompt.ts'
import { setField } from './apply-params.ts'
import { BODY_FIELDS, type Body, type BodyField } from './body-fields.ts'
import type { LayeredParams } from './layer-params.ts'
import { isNeverSent } from './never-sent.ts'
import { CHAT_FIELDS, COMMON_FIELDS, draftOf, type RequestDraft } from './request-draft.ts'
import { joinPrompts } from './system-prompt.ts'

/** A client's body with a model's records laid over it. */
export interface LaidBody {
  body: Body
  /** Top-level fields that the records decided. */
  laid: ReadonlySet<string>
}

/** Parameters in their places in a dialect's body; made once for as long as the records stay as they are. */
export interface BodyOverlay {
  places: readonly { place: BodyField; isLocked: boolean }[]
  /** Holds every value, cast. */
  draft: RequestDraft
}

/**
 * Null if a parameter has no plain place in the dialect: then requests have to be decoded. Throws `invalid_request` for a
 * value that no request can hold.
 */
export function bodyOverlay(endpoint: PassThroughEndpoint, layers: LayeredParams): BodyOverlay | null {
  const fields = BODY_FIELDS[endpoint]
  if (fields === undefined) return null
  const draft = draftOf({ sampling: {} })
  const places: { place: BodyField; isLocked: boolean }[] = []
  for (const [name, [given]] of layers) {
    if (isNeverSent(name)) continue
    const place = fields.get(name)
    const field = COMMON_FIELDS.get(name) ?? CHAT_FIELDS.get(name)
    if (place === undefined || field === undefined) return null
    setField(field, draft, name, given)
    places.push({ place, isLocked: given.source === 'model' })
  }
  return { places, draft }
}

/**
 * A chat's body in its own dialect, with parameters and prompt laid over it by the rule of `applyToChat`: nothing else in
 * it changes, so what only that dialect knows (cache marks, documents, a server's own tools) reaches a server that
 * speaks it. Null if the body is not one of the dialect: then it has to be decoded, which has the words for it.
 */
export function layOverBody(
  endpoint: PassThroughEndpoint,
  body: Body,
  { places, draft }: BodyOverlay,
  promptFor: (requestHasOne: boolean) => string,
): LaidBody | null {
  const copy: Record<string, unknown> = { ...body }
  const laid = new Set<string>()
  for (const { place, isLocked } of places) {
    if (!isLocked && place.isSet(body)) continue
    place.write(copy, draft)
    if (place.isRequired && copy[place.field] === undefined) return null
    laid.add(place.field)
  }
  const placed = endpoint === 'anthropic:messages' ? placeSystem(copy, promptFor) : placeMessage(copy, promptFor)
  return placed ? { body: copy, laid } : null
}

/** Puts the prompt before the first message. False if there are no messages to put it before. */
function placeMessage(body: Record<string, unknown>, promptFor: (requestHasOne: boolean) => string): boolean {
  const { messages } = body
  if (!Array.isArray(messages) || !messages.every(isPlainObject)) return false
  const [first] = messages as unknown as RoleMessage[]
  const isSystem = first?.role === 'system' || first?.role === 'developer'
  const prompt = promptFor(isSystem && saysSomething(first.content))
  if (prompt !== '') body.messages = prependSystemPrompt(messages as unknown as RoleMessage[], prompt)
  return true
}

/** Puts the prompt into Anthropic's `system`: into its first block, so that marks on blocks stay where they are. */
function placeSystem(body: Record<string, unknown>, promptFor: (requestHasOne: boolean) => string): boolean {
  const system = body.system ?? ''
  if (typeof system !== 'string' && !Array.isArray(system)) return false
  const prompt = promptFor(saysSomething(system))
  if (prompt === '') return true
  if (typeof system === 'string') {
    body.system = joinPrompts(prompt, system)
    return true
  }
  const [first, ...rest] = system as unknown[]
  if (first !== undefined && !isTextBlock(first)) return false
  body.system = first === undefined ? prompt : [{ ...first, text: joinPrompts(prompt, first.text) }, ...rest]
  return true
}

function saysSomething(content: unknown): boolean {
  if (typeof content === 'string') return content.trim() !== ''
  return Array.isArray(content) && content.some((part) => isTextBlock(part) && part.text.trim() !== '')
}

function isTextBlock(part: unknown): part is { text: string } {
  return isPlainObject(part) && part.type === 'text' && typeof part.text === 'string'
}
