import type { EngineError } from '../spec/engine-error.ts'
import { dataOfFirstEvent } from '../spec/first-event.ts'

/** The body with which an upstream refused or failed, if it is a JSON object that was kept whole. */
export function upstreamErrorJson(error: EngineError): Record<string, unknown> | null {
  const excerpt = error.upstream?.bodyExcerpt
  if (excerpt === undefined) return null
  try {
    const value: unknown = JSON.parse(dataOfFirstEvent(excerpt))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    // A page, or JSON that was cut: its text is in the error's message already.
    return null
  }
}
