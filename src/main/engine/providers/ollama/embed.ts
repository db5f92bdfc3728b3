import type { EmbeddingRequest } from '../../spec/chat-request.ts'
import { EngineError, isEngineError } from '../../spec/engine-error.ts'
import type { ProviderCall } from '../../spec/provider-adapter.ts'
import type { EmbeddingResult } from '../../spec/stream-part.ts'
import type { Upstream } from '../../spec/upstream.ts'
import { ollamaVectors, ownVector, unitVector } from '../../wire/ollama/upstream-embed.ts'
import { ollamaErrorOf, ollamaRefusal } from '../../wire/ollama/upstream-errors.ts'
import { lostInOllamaEmbed, ollamaEmbedBody, ollamaOldEmbedBody } from '../../wire/ollama/upstream-request.ts'

/** Inputs per request: the JSON of more vectors would take too long to read in one piece. */
const BATCH = 64

/** Vectors of all inputs, in order. Releases before 0.3 only have /api/embeddings, which takes one text at a time. */
export async function embedAll(upstream: Upstream, call: ProviderCall<EmbeddingRequest>): Promise<EmbeddingResult> {
  const { inputs, dimensions } = call.request
  const startedAt = performance.now()
  const lost = lostInOllamaEmbed(call.request)
  if (lost.length > 0) call.onNotSent?.(lost)
  const result: EmbeddingResult = { embeddings: [], promptTokens: 0, loadMs: 0, totalMs: 0 }
  let isOld = false
  for (let at = 0; at < inputs.length; ) {
    const batch = inputs.slice(at, at + (isOld ? 1 : BATCH))
    const answer = isOld ? await askOld(upstream, call, batch[0] ?? '') : await askNew(upstream, call, batch)
    if (answer === null) {
      isOld = true
      if (call.request.truncate !== undefined) call.onNotSent?.(['truncate'])
      continue
    }
    const read = ollamaVectors(answer)
    if (read.vectors.length !== batch.length) throw wrongCount(upstream, batch.length, read.vectors.length)
    // The older call gives vectors of any length.
    const take = isOld ? unitVector : ownVector
    for (const vector of read.vectors) result.embeddings.push(take(vector, dimensions))
    result.promptTokens += read.promptTokens
    result.loadMs += read.loadMs
    at += batch.length
  }
  const length = result.embeddings[0]?.length ?? 0
  if (dimensions !== undefined && length > 0 && length < dimensions) call.onNotSent?.(['dimensions'])
  result.totalMs = performance.now() - startedAt
  return result
}

/** Null: the server has no such call. */
async function askNew(upstream: Upstream, call: ProviderCall<EmbeddingRequest>, inputs: string[]): Promise<unknown> {
  try {
    return await post(upstream, call, '/api/embed', ollamaEmbedBody(call.request, call.upstreamModel, inputs))
  } catch (error) {
    if (isEngineError(error) && error.upstream?.status === 404 && !ollamaErrorOf(error.upstream.bodyExcerpt ?? '')) {
      return null
    }
    throw error
  }
}

function askOld(upstream: Upstream, call: ProviderCall<EmbeddingRequest>, input: string): Promise<unknown> {
  return post(upstream, call, '/api/embeddings', ollamaOldEmbedBody(call.request, call.upstreamModel, input))
}

async function post(
  upstream: Upstream,
  call: ProviderCall<EmbeddingRequest>,
  path: string,
  body: object,
): Promise<unknown> {
  try {
    return await upstream.json({
      method: 'POST',
      path,
      body: JSON.stringify(body),
      signal: call.signal,
      ...(call.key === undefined ? {} : { key: call.key }),
      ...(call.context === undefined ? {} : { context: call.context }),
    })
  } catch (error) {
    throw isEngineError(error) ? ollamaRefusal(error) : error
  }
}

function wrongCount(upstream: Upstream, asked: number, came: number): EngineError {
  return new EngineError(
    'upstream_error',
    `${upstream.title} answered with ${came} embeddings where ${asked} were asked for.`,
    { upstream: { provider: 'ollama' } },
  )
}
