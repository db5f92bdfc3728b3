import type { PassThroughEndpoint } from '../../spec/provider-adapter.ts'
import { addedFields } from '../../wire/changed-bytes.ts'
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
  /** All that is new in it, as `addedFields` makes it, where nothing else was changed and that is known. */
  added?: Buffer
}

/** Parameters in their places in a dialect's body; made once for as long as the records stay as they are. */
export interface BodyOverlay {
  places: readonly { place: BodyField; isLocked: boolean }[]
  /** Holds every value, cast. */
  draft: RequestDraft
  /** What a body gets that has none of them, which is what nearly all clients send; null where that makes no body. */
  alone: { fields: Body; names: ReadonlySet<string>; bytes: Buffer } | null
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
  return { places, draft, alone: fieldsAlone(places, draft) }
}

function fieldsAlone(places: BodyOverlay['places'], draft: RequestDraft): BodyOverlay['alone'] {
  const fields: Record<string, unknown> = {}
  for (const { place } of places) {
    place.write(fields, draft)
    if (place.isRequired && fields[place.field] === undefined) return null
  }
  const names = new Set(places.map(({ place }) => place.field))
  return { fields, names, bytes: addedFields(fields) }
}

/**
 * A chat's body in its own dialect, with parameters and prompt laid over it by the rule of `applyToChat`: nothing else in
 * it changes, so what only that dialect knows (cache marks, documents, a server's own tools) reaches a server that
 * speaks it. Null if the body is not one of the dialect: then it has to be decoded, which has the words for it.
 */
export function layOverBody(
  endpoint: PassThroughEndpoint,
  body: Body,
  { places, draft, alone }: BodyOverlay,
  promptFor: (requestHasOne: boolean) => string,
): LaidBody | null {
  const placePrompt = endpoint === 'anthropic:messages' ? placeSystem : placeMessage
  if (alone !== null && areAllNew(places, body)) {
    const copy: Record<string, unknown> = { ...body, ...alone.fields }
    const placed = placePrompt(copy, promptFor)
    if (placed === null) return null
    const laid = { body: copy, laid: alone.names }
    return placed === 'nothing' ? { ...laid, added: alone.bytes } : laid
  }
  const copy: Record<string, unknown> = { ...body }
  const laid = new Set<string>()
  for (const { place, isLocked } of places) {
    if (!isLocked && place.isSet(body)) continue
    place.write(copy, draft)
    if (place.isRequired && copy[place.field] === undefined) return null
    laid.add(place.field)
  }
  return placePrompt(copy, promptFor) === null ? null : { body: copy, laid }
}

function areAllNew(places: BodyOverlay['places'], body: Body): boolean {
  for (const { place } of places) if (!place.isNew(body)) return false
  return true
}

/** Whether there was a prompt to put into a body; null if there is no place for one. */
type Placed = 'prompt' | 'nothing' | null

/** Puts the prompt before the first message. */
function placeMessage(body: Record<string, unknown>, promptFor: (requestHasOne: boolean) => string): Placed {
  const { messages } = body
  if (!Array.isArray(messages) || !messages.every(isPlainObject)) return null
  const [first] = messages as unknown as RoleMessage[]
  const isSystem = first?.role === 'system' || first?.role === 'developer'
  const prompt = promptFor(isSystem && saysSomething(first.content))
  if (prompt === '') return 'nothing'
  body.messages = prependSystemPrompt(messages as unknown as RoleMessage[], prompt)
  return 'prompt'
}

/** Puts the prompt into Anthropic's `system`: into its first block, so that marks on blocks stay where they are. */
function placeSystem(body: Record<string, unknown>, promptFor: (requestHasOne: boolean) => string): Placed {
  const system = body.system ?? ''
  if (typeof system !== 'string' && !Array.isArray(system)) return null
  const prompt = promptFor(saysSomething(system))
  if (prompt === '') return 'nothing'
  if (typeof system === 'string') {
    body.system = joinPrompts(prompt, system)
    return 'prompt'
  }
  const [first, ...rest] = system as unknown[]
  if (first !== undefined && !isTextBlock(first)) return null
  body.system = first === undefined ? prompt : [{ ...first, text: joinPrompts(prompt, first.text) }, ...rest]
  return 'prompt'
}

function saysSomething(content: unknown): boolean {
  if (typeof content === 'string') return content.trim() !== ''
  return Array.isArray(content) && content.some((part) => isTextBlock(part) && part.text.trim() !== '')
}

function isTextBlock(part: unknown): part is { text: string } {
  return isPlainObject(part) && part.type === 'text' && typeof part.text === 'string'
}
