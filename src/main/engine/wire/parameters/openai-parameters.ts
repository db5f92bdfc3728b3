import { layOver, type ModelParameters, mergeCustomParameters } from './custom-parameters.ts'
import { asFloat, asInteger, asIs, asObject, asStopTexts, asText, type ParameterCasts } from './parameter-casts.ts'

const CASTS: ParameterCasts = new Map([
  ['temperature', asFloat],
  ['top_p', asFloat],
  ['min_p', asFloat],
  ['frequency_penalty', asFloat],
  ['presence_penalty', asFloat],
  ['max_tokens', asInteger],
  ['reasoning_effort', asText],
  ['seed', asIs],
  ['logit_bias', asIs],
  ['stop', asStopTexts],
  ['response_format', asObject],
])

/**
 * Lays a model's parameters over an OpenAI body: known ones cast, any other key at the top level as it is.
 * Throws `invalid_request` that names the parameter.
 */
export function applyOpenAiParameters(
  body: Readonly<Record<string, unknown>>,
  parameters: ModelParameters,
): Record<string, unknown> {
  return layOver(body, mergeCustomParameters(parameters), CASTS)
}
