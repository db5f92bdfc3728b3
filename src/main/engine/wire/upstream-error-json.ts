import type { EngineError } from '../spec/engine-error.ts'

/** What stands before the data of a stream's first event. */
const EVENT_LEAD = /^\s*(?:event:[^\n]*\n)?data:\s*/

/** The body with which an upstream refused or failed, if it is a JSON object that was kept whole. */
export function upstreamErrorJson(error: EngineError): Record<string, unknown> | null {
  const excerpt = error.upstream?.bodyExcerpt
  if (excerpt === undefined) return null
  const lead = EVENT_LEAD.exec(excerpt)?.[0]
  const json = lead === undefined ? excerpt : excerpt.slice(lead.length).split('\n', 1)[0]
  try {
    const value: unknown = JSON.parse(json ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    // A page, or JSON that was cut: its text is in the error's message already.
    return null
  }
}
