import { z } from 'zod'
import type { EmbeddingRequest } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { EmbeddingResult } from '../../spec/stream-part.ts'
import { floatNumbersJson, shortNumbers } from '../float-numbers.ts'
import { jsonText } from '../json-text.ts'
import { parseRequest } from '../parse-request.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { keepAliveField, optionsSchema, optionsToHints } from './options.ts'
import { modelField, requireModel } from './request-fields.ts'
import { nanoseconds } from './timestamps.ts'

const embedSchema = z.object({
  model: modelField,
  input: z.unknown().optional(),
  truncate: z.boolean().nullish(),
  dimensions: z.number().int().min(0).nullish(),
  options: optionsSchema.nullish(),
  keep_alive: keepAliveField,
})

const legacySchema = z.object({
  model: modelField,
  prompt: z.string().nullish(),
  options: optionsSchema.nullish(),
  keep_alive: keepAliveField,
})

/** Decodes a POST /api/embed body; no inputs means that the model is only to be loaded. */
export function decodeOllamaEmbed(json: unknown): EmbeddingRequest {
  const body = parseRequest(embedSchema, json)
  const model = requireModel(body.model)
  return withoutUndefined({
    model,
    inputs: toInputs(body.input),
    dimensions: body.dimensions || undefined,
    truncate: body.truncate ?? true,
    runtime: optionsToHints(body.options ?? {}, body),
  })
}

/** Decodes a POST /api/embeddings body (the older call, one text); no inputs means "only load". */
export function decodeOllamaEmbeddings(json: unknown): EmbeddingRequest {
  const body = parseRequest(legacySchema, json)
  return {
    model: requireModel(body.model),
    inputs: body.prompt ? [body.prompt] : [],
    truncate: true,
    runtime: optionsToHints(body.options ?? {}, body),
  }
}

/** The answer's JSON in pieces, one vector each: a large batch as one string would block the loop. */
export function* ollamaEmbedPieces(model: string, result: EmbeddingResult): Generator<string> {
  yield `{"model":${jsonText(model)},"embeddings":[`
  for (const [index, vector] of result.embeddings.entries())
    yield `${index === 0 ? '' : ','}${floatNumbersJson(vector)}`
  yield `],"total_duration":${nanoseconds(result.totalMs)},"load_duration":${nanoseconds(result.loadMs)},` +
    `"prompt_eval_count":${result.promptTokens}}`
}

/** The older call's answer. */
export function ollamaEmbeddingsAnswer(result: EmbeddingResult): object {
  return { embedding: shortNumbers(result.embeddings[0] ?? new Float32Array()) }
}

function toInputs(input: unknown): string[] {
  if (input === undefined || input === null || input === '') return []
  if (typeof input === 'string') return [input]
  if (Array.isArray(input) && input.every((item) => typeof item === 'string')) return input
  throw new EngineError('invalid_request', 'invalid input type', { param: 'input' })
}
