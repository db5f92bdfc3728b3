import type { ResolvedModel } from '../../spec/presets.ts'

/** What a way from an id to its base model depends on; each is another value once it has changed. */
export interface Revisions {
  records: () => unknown
  catalog: () => unknown
  defaults: () => unknown
}

/** The most ids that are remembered; beyond it remembering starts again. */
const MOST = 1_000

/**
 * Ids that were followed to their base models, for as long as nothing of what they depend on has changed: each request
 * names one of a few. Ids that lead nowhere are not remembered; they are without number.
 */
export class ResolvedCache {
  readonly #revisions: Revisions
  readonly #known = new Map<string, ResolvedModel>()
  #records: unknown
  #catalog: unknown
  #defaults: unknown

  constructor(revisions: Revisions) {
    this.#revisions = revisions
  }

  /** As `follow` says, asked only where that may have changed. */
  get(id: string, follow: (id: string) => ResolvedModel | null): ResolvedModel | null {
    this.#forgetIfChanged()
    const before = this.#known.get(id)
    if (before !== undefined) return before
    const resolved = follow(id)
    if (resolved === null) return null
    if (this.#known.size >= MOST) this.#known.clear()
    this.#known.set(id, resolved)
    return resolved
  }

  #forgetIfChanged(): void {
    const records = this.#revisions.records()
    const catalog = this.#revisions.catalog()
    const defaults = this.#revisions.defaults()
    if (records === this.#records && catalog === this.#catalog && defaults === this.#defaults) return
    this.#known.clear()
    this.#records = records
    this.#catalog = catalog
    this.#defaults = defaults
  }
}
