import type { EmbeddingRequest } from '../../engine/spec/chat-request.ts'
import type { Caller } from '../../engine/spec/engine.ts'
import type { EmbeddingResult } from '../../engine/spec/stream-part.ts'
import {
  decodeOllamaEmbed,
  decodeOllamaEmbeddings,
  ollamaEmbeddingsAnswer,
  ollamaEmbedPieces,
} from '../../engine/wire/ollama/embed.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'
import { sendJson, sendPieces } from '../respond.ts'
import { forClient, routeHeaders } from '../run-answer.ts'
import { findModel, loadOrUnload } from './load-model.ts'

const CALLER: Caller = { kind: 'owner', via: 'ollama' }

/** POST /api/embed */
export async function embed(exchange: Exchange): Promise<void> {
  const request = decodeOllamaEmbed(await readJsonBody(exchange))
  return run(exchange, request, (result, headers) =>
    sendPieces(exchange, ollamaEmbedPieces(request.model, result), headers),
  )
}

/** POST /api/embeddings, the older call. */
export async function embeddings(exchange: Exchange): Promise<void> {
  const request = decodeOllamaEmbeddings(await readJsonBody(exchange))
  return run(exchange, request, (result, headers) => sendJson(exchange, 200, ollamaEmbeddingsAnswer(result), headers))
}

function run(
  exchange: Exchange,
  request: EmbeddingRequest,
  send: (result: EmbeddingResult, headers: Record<string, string>) => Promise<void> | void,
): Promise<void> {
  exchange.model = request.model
  const { engine } = exchange.gateway
  return forClient(exchange, async (signal) => {
    if (request.inputs.length === 0) {
      const started = performance.now()
      await loadOrUnload(engine, findModel(engine, request.model), request.runtime ?? {}, signal)
      const loadMs = performance.now() - started
      await send({ embeddings: [], promptTokens: 0, loadMs, totalMs: loadMs }, {})
      return
    }
    const { route, result } = await engine.pipeline.embed(request, CALLER, signal)
    await send(result, routeHeaders(route))
  })
}
