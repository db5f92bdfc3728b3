import type { CallExtras } from '../../wire/openai/call-extras.ts'
import type { JsonObject } from '../../wire/openai/upstream-fields.ts'

/** What is kept of a server, characters of JSON. */
const MAX_CHARACTERS = 4_000_000

interface Kept {
  extra: JsonObject
  size: number
}

/** What a server said beside its tool calls, for as long as there is room: conversations that rest longest go first. */
export class CallExtrasMemory implements CallExtras {
  readonly #kept = new Map<string, Kept>()
  #size = 0

  keep(callId: string, extra: JsonObject): void {
    this.#forget(callId)
    const size = callId.length + JSON.stringify(extra).length
    this.#kept.set(callId, { extra, size })
    this.#size += size
    for (const oldest of this.#kept.keys()) {
      if (this.#size <= MAX_CHARACTERS) break
      this.#forget(oldest)
    }
  }

  of(callId: string): JsonObject | undefined {
    const kept = this.#kept.get(callId)
    if (kept === undefined) return undefined
    this.#kept.delete(callId)
    this.#kept.set(callId, kept)
    return kept.extra
  }

  #forget(callId: string): void {
    this.#size -= this.#kept.get(callId)?.size ?? 0
    this.#kept.delete(callId)
  }
}
