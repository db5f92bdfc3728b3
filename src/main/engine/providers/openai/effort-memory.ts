import { isEngineError } from '../../spec/engine-error.ts'

/** Refusals whose efforts are kept of a server. */
const MAX_REFUSALS = 1_000
/** As servers write it: `reasoning_effort`, `reasoning.effort`, `reasoningEffort`. */
const NAMES_EFFORT = /reasoning[._ ]?effort/i

/**
 * The efforts that models of a server do not take. No list tells them: one model thinks by three efforts, the next by
 * others or by none, so each is tried once and what the server refuses is remembered.
 */
export class EffortMemory {
  readonly #refused = new Set<string>()

  refuses(model: string, effort: unknown): boolean {
    return this.#refused.has(keyOf(model, effort))
  }

  /** The model refused this effort, and answered without it. */
  learn(model: string, effort: unknown): void {
    if (this.#refused.size >= MAX_REFUSALS) this.#refused.clear()
    this.#refused.add(keyOf(model, effort))
  }
}

/** True if the error may be about the effort; some servers quote the whole request, so it need not be. */
export function mayRefuseEffort(error: unknown): boolean {
  if (!isEngineError(error)) return false
  const { status, bodyExcerpt } = error.upstream ?? {}
  return (status === 400 || status === 422) && NAMES_EFFORT.test(`${error.param ?? ''} ${bodyExcerpt ?? ''}`)
}

/** The effort that a body asks for, of a chat or of the Responses API; undefined if it asks for none. */
export function effortOf(body: Readonly<Record<string, unknown>>): unknown {
  return body.reasoning_effort ?? (body.reasoning as { effort?: unknown } | undefined)?.effort
}

function keyOf(model: string, effort: unknown): string {
  return `${String(effort)} ${model}`
}
