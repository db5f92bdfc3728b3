import { modelPlace, nameText, replaced, type TextPlace } from './with-model-name.ts'

const CLOSING_BRACE = 0x7d

type Body = Readonly<Record<string, unknown>>

/**
 * The bytes of a JSON object after a change: new fields are put before its closing brace and another model's name in the
 * place of its own, all else as it came, as a body of 142 kB is not serialised anew for the sake of a few. `after` must be
 * a shallow copy of `before` with top-level changes; where one replaced or removed a field, the whole is serialised.
 * `model` is the name that the bytes are to have; `known` are the new fields as `addedFields` makes them.
 */
export function changedBytes(
  raw: Buffer,
  before: Body,
  after: Body,
  model: unknown = before.model,
  known?: Buffer,
): Buffer {
  const added = known ?? newFields(before, after)
  const isRenamed = typeof model === 'string' && model !== before.model
  if (added === null) return serialised(after, isRenamed ? model : null)
  if (added.length === 0 && !isRenamed) return raw
  const place = isRenamed ? modelPlace(raw, before.model) : NOWHERE
  const end = raw.lastIndexOf(CLOSING_BRACE)
  // Before the first field no comma may stand; no request is without one.
  if (place === null || end === -1 || isEmpty(before)) return serialised(after, isRenamed ? model : null)
  return replaced(raw, place, isRenamed ? nameText(model) : NO_TEXT, added, end)
}

/** Fields as they stand behind others in an object. */
export function addedFields(fields: Body): Buffer {
  const text = JSON.stringify(fields)
  return text === '{}' ? NO_TEXT : Buffer.from(`,${text.slice(1, -1)}`)
}

const NO_TEXT: Buffer = Buffer.alloc(0)
const NOWHERE: TextPlace = { start: 0, end: 0 }

/** Null if something else than new fields makes the difference. */
function newFields(before: Body, after: Body): Buffer | null {
  const added: Record<string, unknown> = {}
  for (const name in after) {
    if (after[name] === before[name]) continue
    if (Object.hasOwn(before, name)) return null
    added[name] = after[name]
  }
  for (const name in before) if (!Object.hasOwn(after, name)) return null
  return addedFields(added)
}

function isEmpty(body: Body): boolean {
  for (const name in body) if (Object.hasOwn(body, name)) return false
  return true
}

function serialised(body: Body, model: string | null): Buffer {
  return Buffer.from(JSON.stringify(model === null ? body : { ...body, model }))
}
