import { z } from 'zod'
import type { ReasoningOptions, ResponseFormat } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'

/** `model` may be absent here, so that its absence can be said in Ollama's own words. */
export const modelField = z.string().nullish()

export const thinkField = z.union([z.boolean(), z.enum(['low', 'medium', 'high'])]).nullish()
export const formatField = z.union([z.string(), z.record(z.string(), z.unknown())]).nullish()

/** Probabilities of the tokens; Ollama's own limit and words. */
export const logprobsFields = {
  logprobs: z.boolean().nullish(),
  top_logprobs: z
    .number()
    .int()
    .refine((value) => value >= 0 && value <= 20, 'top_logprobs must be between 0 and 20')
    .nullish(),
}

/** What of it was asked for. Nothing reads it out of an answer, so that it is named and nobody is asked for it. */
export function askedLogprobs(body: {
  logprobs?: boolean | null | undefined
  top_logprobs?: number | null | undefined
}): string[] {
  if (body.logprobs !== true) return []
  return body.top_logprobs ? ['logprobs', 'top_logprobs'] : ['logprobs']
}

/** The requested model's name. Throws Ollama's "model is required". */
export function requireModel(model: string | null | undefined): string {
  if (model == null || model === '') throw new EngineError('invalid_request', 'model is required', { param: 'model' })
  return model
}

/** Ollama's `think`. */
export function toReasoning(think: z.output<typeof thinkField>): ReasoningOptions | undefined {
  if (think === null || think === undefined) return undefined
  if (typeof think === 'boolean') return { enabled: think }
  return { enabled: true, effort: think }
}

/** Ollama's `format`: "json" or a JSON Schema. */
export function toResponseFormat(format: z.output<typeof formatField>): ResponseFormat | undefined {
  if (format === null || format === undefined || format === '') return undefined
  if (format === 'json') return { type: 'json' }
  if (typeof format === 'object') return { type: 'json-schema', schema: format }
  throw new EngineError(
    'invalid_request',
    `invalid format: ${JSON.stringify(format)}; expected "json" or a valid JSON Schema object`,
    { param: 'format' },
  )
}
