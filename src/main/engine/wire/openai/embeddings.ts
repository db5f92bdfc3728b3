import { z } from 'zod'
import type { EmbeddingRequest } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { EmbeddingResult } from '../../spec/stream-part.ts'
import { floatNumbersJson } from '../float-numbers.ts'
import { jsonText } from '../json-text.ts'
import { keepAliveSeconds } from '../keep-alive.ts'
import { parseRequest } from '../parse-request.ts'
import { withoutUndefined } from '../without-undefined.ts'
import { extraFields } from './extra-fields.ts'

const bodySchema = z.object({
  model: z.string().min(1),
  // OpenAI's own bound on one batch.
  input: z.union([z.string(), z.array(z.union([z.string(), z.number(), z.array(z.number())])).max(2048)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.number().int().min(1).nullish(),
  keep_alive: z.union([z.string(), z.number()]).nullish(),
  user: z.string().nullish(),
})

/** A decoded request and the wanted number format. */
export interface OpenAiEmbeddings {
  request: EmbeddingRequest
  encoding: 'float' | 'base64'
}

/** Decodes a POST /v1/embeddings body. Throws `invalid_request`, naming the field. */
export function decodeOpenAiEmbeddings(json: unknown): OpenAiEmbeddings {
  const body = parseRequest(bodySchema, json)
  const inputs = typeof body.input === 'string' ? [body.input] : body.input
  if (inputs.length === 0) {
    throw new EngineError('invalid_request', "Invalid 'input': it must hold at least one text.", { param: 'input' })
  }
  const texts = inputs.map((input, index) => {
    if (typeof input !== 'string') {
      throw new EngineError('invalid_request', "Invalid 'input': expected texts; token arrays are not accepted.", {
        param: 'input',
      })
    }
    if (input === '') {
      const param = typeof body.input === 'string' ? 'input' : `input[${index}]`
      throw new EngineError('invalid_request', `Invalid '${param}': it must not be empty.`, { param })
    }
    return input
  })
  const request: EmbeddingRequest = withoutUndefined({
    model: body.model,
    inputs: texts,
    dimensions: body.dimensions ?? undefined,
    // OpenAI refuses what does not fit, so that nothing is embedded by half unnoticed.
    truncate: false,
    runtime: body.keep_alive == null ? undefined : { keepAliveSeconds: keepAliveSeconds(body.keep_alive) },
    user: body.user ?? undefined,
    extra: extraFields(json, (name) => !(name in bodySchema.shape)),
  })
  return { request, encoding: body.encoding_format ?? 'float' }
}

/** The answer's JSON in pieces, one vector each: a large batch as one string would block the loop. */
export function* openAiEmbeddingPieces(
  model: string,
  encoding: 'float' | 'base64',
  result: EmbeddingResult,
): Generator<string> {
  yield '{"object":"list","data":['
  for (const [index, vector] of result.embeddings.entries()) {
    const value = encoding === 'base64' ? `"${floatsBase64(vector)}"` : floatNumbersJson(vector)
    yield `${index === 0 ? '' : ','}{"object":"embedding","index":${index},"embedding":${value}}`
  }
  const usage = JSON.stringify({ prompt_tokens: result.promptTokens, total_tokens: result.promptTokens })
  yield `],"model":${jsonText(model)},"usage":${usage}}`
}

/** Little-endian 32-bit floats, which is how every platform that we run on has them in memory. */
function floatsBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
}
