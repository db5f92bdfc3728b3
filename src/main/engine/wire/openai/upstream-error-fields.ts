import type { EngineError } from '../../spec/engine-error.ts'
import { upstreamErrorJson } from '../upstream-error-json.ts'
import { type JsonObject, objectOf, textOf } from './upstream-fields.ts'

/** What a server of this family says of its error beside the message; null where it says nothing. */
export interface UpstreamErrorFields {
  code: string | null
  type: string | null
  param: string | null
  /** Azure's: what its filters found, say. */
  innererror: JsonObject | null
}

/** A code that only repeats the status. */
const NUMBER = /^\d+$/

/** The fields of an upstream's error that is shaped as OpenAI's are; null for any other. Keys are blotted out already. */
export function upstreamErrorFields(error: EngineError): UpstreamErrorFields | null {
  const body = upstreamErrorJson(error)
  if (body === null) return null
  // Mistral, older vLLM and the events of the Responses API have nothing around the fields.
  const isBare = body.object === 'error' || body.type === 'error'
  const fields = objectOf(body.error) ?? (isBare ? body : null)
  // Anthropic's and Google's have none of these.
  if (fields === null || !('code' in fields || 'param' in fields || 'innererror' in fields)) return null
  const code = textOf(fields.code)
  return {
    code: code === null || NUMBER.test(code) ? null : code,
    type: fields.type === 'error' ? null : textOf(fields.type),
    param: textOf(fields.param),
    innererror: objectOf(fields.innererror),
  }
}
