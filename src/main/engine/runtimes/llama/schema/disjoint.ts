import { typeOf } from './fixed-value.ts'
import { isPlain, type Plain, plain } from './plain-schema.ts'

/** More pairs than this are not compared. */
const MOST_COMPARED = 64

/** Whether surely no value fits two of the alternatives: by their types, or by a property that is fixed in each. */
export function areDisjoint(alternatives: readonly unknown[], resolve: (part: Plain) => Plain): boolean {
  if (alternatives.length < 2) return true
  if (alternatives.length > MOST_COMPARED) return false
  const parts = alternatives.filter(isPlain).map(resolve)
  if (parts.length < alternatives.length) return false
  return parts.every((left, index) => parts.slice(index + 1).every((right) => differ(left, right, resolve)))
}

function differ(left: Plain, right: Plain, resolve: (part: Plain) => Plain): boolean {
  if (differPlainly(left, right)) return true
  const [inLeft, inRight] = [plain(left.properties), plain(right.properties)]
  const required = new Set([left.required].flat())
  return [right.required].flat().some((name) => {
    if (typeof name !== 'string' || !required.has(name)) return false
    const [one, other] = [inLeft[name], inRight[name]]
    return isPlain(one) && isPlain(other) && differPlainly(resolve(one), resolve(other))
  })
}

function differPlainly(left: Plain, right: Plain): boolean {
  const [ofLeft, ofRight] = [values(left), values(right)]
  if (ofLeft !== null && ofRight !== null) return !ofLeft.some((value) => ofRight.includes(value))
  const [typesLeft, typesRight] = [types(left, ofLeft), types(right, ofRight)]
  return typesLeft !== null && typesRight !== null && !typesLeft.some((type) => typesRight.includes(type))
}

/** The fixed plain values of a schema, as JSON. */
function values({ const: fixed, enum: list }: Plain): string[] | null {
  const found = fixed !== undefined ? [fixed] : Array.isArray(list) ? list : null
  return found === null ? null : found.map((value) => JSON.stringify(value))
}

function types({ type }: Plain, fixed: readonly string[] | null): string[] | null {
  const given = type === undefined ? fixed?.map((value) => typeOf(JSON.parse(value))) : [type].flat().map(String)
  return given?.map((name) => (name === 'integer' ? 'number' : name)) ?? null
}
