import type { EmbeddingRequest } from '../../engine/spec/chat-request.ts'
import type { RouteOptions } from '../../engine/spec/engine.ts'
import type { PassThroughEndpoint } from '../../engine/spec/provider-adapter.ts'
import type { EmbeddingResult } from '../../engine/spec/stream-part.ts'
import {
  decodeOllamaEmbed,
  decodeOllamaEmbeddings,
  ollamaEmbeddingsAnswer,
  ollamaEmbedPieces,
} from '../../engine/wire/ollama/embed.ts'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { type JsonBody, readBody } from '../json-body.ts'
import { excluding } from '../openai/answers.ts'
import { tryPassThrough } from '../pass-through.ts'
import { sendJson, sendPieces } from '../respond.ts'
import { routeHeaders } from '../route-headers.ts'
import { forClient } from '../run-answer.ts'
import { findModelAfterLook, loadOrUnload } from './load-model.ts'

/** POST /api/embed */
export async function embed(exchange: Exchange, options: RouteOptions = {}, given?: JsonBody): Promise<void> {
  const body = given ?? (await readBody(exchange))
  const route = await passed(exchange, 'ollama:embed', body, options)
  if (route === null) return
  const request = decodeOllamaEmbed(body.json)
  return run(exchange, request, route, (result, headers) =>
    sendPieces(exchange, ollamaEmbedPieces(request.model, result), headers),
  )
}

/** POST /api/embeddings, the older call. */
export async function embeddings(exchange: Exchange, options: RouteOptions = {}, given?: JsonBody): Promise<void> {
  const body = given ?? (await readBody(exchange))
  const route = await passed(exchange, 'ollama:embeddings', body, options)
  if (route === null) return
  const request = decodeOllamaEmbeddings(body.json)
  return run(exchange, request, route, (result, headers) =>
    sendJson(exchange, 200, ollamaEmbeddingsAnswer(result), headers),
  )
}

/** Null once the request was answered by passing it through, else what is left to try. */
async function passed(
  exchange: Exchange,
  endpoint: PassThroughEndpoint,
  { raw, json }: JsonBody,
  options: RouteOptions,
): Promise<RouteOptions | null> {
  const caller = callerOf(exchange, 'ollama')
  const outcome = await tryPassThrough(exchange, endpoint, raw, json, false, caller, options)
  return outcome.done ? null : excluding(options, outcome.excluding)
}

function run(
  exchange: Exchange,
  request: EmbeddingRequest,
  route: RouteOptions,
  send: (result: EmbeddingResult, headers: Record<string, string>) => Promise<void> | void,
): Promise<void> {
  exchange.model = request.model
  const { engine } = exchange.gateway
  return forClient(exchange, async (signal) => {
    if (request.inputs.length === 0) {
      const started = performance.now()
      const model = await findModelAfterLook(exchange, request.model)
      await loadOrUnload(exchange, model, request.runtime ?? {}, signal, route)
      const loadMs = performance.now() - started
      await send({ embeddings: [], promptTokens: 0, loadMs, totalMs: loadMs }, {})
      return
    }
    const answer = await engine.pipeline.embed(request, callerOf(exchange, 'ollama'), signal, route)
    await send(answer.result, routeHeaders(answer.route))
  })
}
