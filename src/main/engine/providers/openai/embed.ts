import type { EmbeddingRequest } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { ProviderCall } from '../../spec/provider-adapter.ts'
import type { EmbeddingResult } from '../../spec/stream-part.ts'
import { openAiUser } from '../../wire/end-user-id.ts'
import { embeddingBatches, readEmbeddings, toEmbeddingBody } from '../../wire/openai/upstream-embeddings.ts'
import { runtimeFields } from '../../wire/openai/upstream-runtime-hints.ts'
import { applyOpenAiBodyRules } from '../../wire/parameters/openai-body-rules.ts'
import { withoutUndefined } from '../../wire/without-undefined.ts'
import type { Vendor } from './vendor-table.ts'

/** Embeds all inputs, in as many requests as their number takes. */
export async function embed(
  call: ProviderCall<EmbeddingRequest>,
  vendor: Vendor,
  post: (body: string) => Promise<unknown>,
): Promise<EmbeddingResult> {
  const { request, upstreamModel } = call
  const began = performance.now()
  const notSent: string[] = []
  runtimeFields(request.runtime, new Set(), notSent)
  const extra = applyOpenAiBodyRules(
    withoutUndefined({ ...request.extra, user: openAiUser(request.user, vendor, notSent) }),
    upstreamModel,
    vendor,
  )
  notSent.push(...extra.notSent)
  if (notSent.length > 0) call.onNotSent?.(notSent)
  const embeddings: Float32Array[] = []
  let promptTokens = 0
  for (const inputs of embeddingBatches(request.inputs, vendor.embeddingsBase64)) {
    const body = toEmbeddingBody(inputs, request.dimensions, upstreamModel, vendor)
    // The extra fields first, so that none replaces one that the engine knows.
    const answer = await post(JSON.stringify({ ...extra.body, ...body }))
    const batch = readEmbeddings(answer, inputs.length, vendor.vendor)
    embeddings.push(...batch.embeddings)
    promptTokens += batch.promptTokens
  }
  if (embeddings.some((vector) => vector.length !== embeddings[0]?.length)) {
    throw new EngineError('upstream_error', 'The upstream gave vectors of different lengths for one request.', {
      upstream: { provider: vendor.vendor },
    })
  }
  return { embeddings, promptTokens, loadMs: 0, totalMs: performance.now() - began }
}
