import type { Principal } from '../spec/principal.ts'

/** Beyond it remembering starts again: room for a thousand people in front of a hundred models each. */
const MAX_DECISIONS = 100_000

/** What was decided for somebody as they were then. */
interface Remembered {
  role: Principal['role']
  groupIds: readonly string[]
  decisions: Map<string, boolean>
}

/**
 * What was decided, by person and model. Whoever has another role or other groups than before is decided anew; every
 * other change forgets all. Keys do not count: what one may be used for is asked elsewhere.
 */
export class DecisionCache {
  readonly #people = new Map<string, Remembered>()
  #size = 0

  get(principal: Principal, modelId: string): boolean | undefined {
    const known = this.#people.get(nameOf(principal))
    return known !== undefined && isSame(known, principal) ? known.decisions.get(modelId) : undefined
  }

  set(principal: Principal, modelId: string, decision: boolean): void {
    if (this.#size >= MAX_DECISIONS) this.clear()
    const name = nameOf(principal)
    let known = this.#people.get(name)
    if (known === undefined || !isSame(known, principal)) {
      this.#size -= known?.decisions.size ?? 0
      known = { role: principal.role, groupIds: [...principal.groupIds], decisions: new Map() }
      this.#people.set(name, known)
    }
    if (!known.decisions.has(modelId)) this.#size++
    known.decisions.set(modelId, decision)
  }

  clear(): void {
    this.#people.clear()
    this.#size = 0
  }
}

function nameOf({ id, kind }: Principal): string {
  return `${kind} ${id}`
}

function isSame({ role, groupIds }: Remembered, principal: Principal): boolean {
  const now = principal.groupIds
  return (
    role === principal.role && groupIds.length === now.length && groupIds.every((id, index) => id === now.at(index))
  )
}
