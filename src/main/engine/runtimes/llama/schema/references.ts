import { isPlain, malformed, type Plain } from './plain-schema.ts'

/** A part of the schema that something refers to. */
export interface Referred {
  name: string
  schema: unknown
  path: string
}

/** The `$ref`s of one schema: every JSON pointer into it, `#` (the whole) included. */
export class References {
  readonly #root: Plain
  readonly #names = new Map<string, string>()
  readonly #waiting: Referred[] = []
  readonly #recursive = new Map<string, boolean>()
  readonly #inTarget = new Map<string, ReadonlySet<string>>()
  /** Most schemas refer to nothing, and are spared the search. */
  readonly #refersAtAll: boolean

  constructor(root: Plain) {
    this.#root = root
    this.#refersAtAll = referencesIn(root).size > 0
  }

  /** Whether it refers to something in this schema. Throws `invalid_request` for a pointer to nothing. */
  isInside(reference: unknown, path: string): reference is string {
    if (typeof reference !== 'string') throw malformed(path, 'it is not a text')
    if (!reference.startsWith('#')) return false
    if (this.target(reference) === undefined) throw malformed(path, `"${reference}" points nowhere`)
    return true
  }

  /** The name under which the target becomes a definition, the same each time. */
  name(reference: string): string {
    const known = this.#names.get(reference)
    if (known !== undefined) return known
    const last = /^#\/(?:\$defs|definitions)\/([\w-]+)$/.exec(reference)?.[1]
    const taken = new Set(this.#names.values())
    const name = last !== undefined && !taken.has(last) ? last : `reference_${this.#names.size}`
    this.#names.set(reference, name)
    const path = reference.replace(/^#\/?/, '').replaceAll('/', '.')
    this.#waiting.push({ name, schema: this.target(reference), path })
    return name
  }

  /** The next definition that was named and not yet handed out. */
  next(): Referred | undefined {
    return this.#waiting.shift()
  }

  /** What a pointer such as `#/$defs/node` points to. */
  target(reference: string): unknown {
    let current: unknown = this.#root
    for (const step of reference.split('/').slice(1)) {
      const key = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~')
      if (Array.isArray(current)) current = current[Number(key)]
      else if (isPlain(current) && Object.hasOwn(current, key)) current = current[key]
      else return undefined
    }
    return reference === '#' || reference.startsWith('#/') ? current : undefined
  }

  /** Whether something inside the schema leads back to itself. */
  isRecursive(schema: unknown): boolean {
    if (!this.#refersAtAll) return false
    return [...referencesIn(schema)].some((reference) => {
      const known = this.#recursive.get(reference)
      if (known !== undefined) return known
      const found = this.#reaches(reference)
      this.#recursive.set(reference, found)
      return found
    })
  }

  /** Whether a target refers, over any number of steps, to something that is already on the way. */
  #reaches(start: string): boolean {
    const seen = new Set<string>()
    const open = [...this.#referencesInTarget(start)]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === start) return true
      if (seen.has(next)) continue
      seen.add(next)
      open.push(...this.#referencesInTarget(next))
    }
    return false
  }

  #referencesInTarget(reference: string): ReadonlySet<string> {
    const found = this.#inTarget.get(reference) ?? referencesIn(this.target(reference))
    this.#inTarget.set(reference, found)
    return found
  }
}

function referencesIn(schema: unknown): Set<string> {
  const found = new Set<string>()
  const open: unknown[] = [schema]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue
    for (const [key, value] of Object.entries(next)) {
      if (key === '$ref' && typeof value === 'string') found.add(value)
      // Definitions count only where something refers to them.
      else if (key !== '$defs' && key !== 'definitions') open.push(value)
    }
  }
  return found
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    // A name with a per cent sign that was not encoded.
    return step
  }
}
