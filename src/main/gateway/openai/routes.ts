import type { Caller } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import {
  type AnswerIdentity,
  openAiChatCompletion,
  openAiTextCompletion,
} from '../../engine/wire/openai/chat-answer.ts'
import { decodeOpenAiChat } from '../../engine/wire/openai/chat-request.ts'
import { openAiChatStream, openAiTextStream } from '../../engine/wire/openai/chat-stream.ts'
import { decodeOpenAiCompletion } from '../../engine/wire/openai/completion-request.ts'
import { decodeOpenAiEmbeddings, openAiEmbeddingPieces } from '../../engine/wire/openai/embeddings.ts'
import { openAiModel, openAiModelList } from '../../engine/wire/openai/model-list.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'
import { sendJson, sendPieces } from '../respond.ts'
import type { Routes } from '../router.ts'
import { forClient, routeHeaders, sendWholeAnswer, streamAnswer } from '../run-answer.ts'

const CALLER: Caller = { kind: 'owner', via: 'openai' }

/** The OpenAI dialect, below /v1. */
export const openAiRoutes: Routes = {
  'GET /v1/models': (exchange) => sendJson(exchange, 200, openAiModelList(exchange.gateway.engine.catalog.list())),
  'GET /v1/models/*': model,
  'POST /v1/chat/completions': chatCompletions,
  'POST /v1/completions': completions,
  'POST /v1/embeddings': embeddings,
}

function model(exchange: Exchange): void {
  const found = exchange.gateway.engine.catalog.find(exchange.rest)
  if (found === null) {
    throw new EngineError('model_not_found', `The model '${exchange.rest}' does not exist.`, { param: 'model' })
  }
  sendJson(exchange, 200, openAiModel(found))
}

async function chatCompletions(exchange: Exchange): Promise<void> {
  const { request, stream, includeUsage } = decodeOpenAiChat(await readJsonBody(exchange))
  const { pipeline } = exchange.gateway.engine
  const identity = answerIdentity(exchange, 'chatcmpl', request.model)
  if (stream) {
    return streamAnswer(exchange, openAiChatStream(identity, includeUsage), (signal) =>
      pipeline.chat(request, CALLER, signal),
    )
  }
  return sendWholeAnswer(
    exchange,
    (signal) => pipeline.chat(request, CALLER, signal),
    (answer, headers) => sendJson(exchange, 200, openAiChatCompletion(identity, answer), headers),
  )
}

async function completions(exchange: Exchange): Promise<void> {
  const { request, stream, includeUsage } = decodeOpenAiCompletion(await readJsonBody(exchange))
  const { pipeline } = exchange.gateway.engine
  const identity = answerIdentity(exchange, 'cmpl', request.model)
  if (stream) {
    return streamAnswer(exchange, openAiTextStream(identity, includeUsage), (signal) =>
      pipeline.complete(request, CALLER, signal),
    )
  }
  return sendWholeAnswer(
    exchange,
    (signal) => pipeline.complete(request, CALLER, signal),
    (answer, headers) => sendJson(exchange, 200, openAiTextCompletion(identity, answer), headers),
  )
}

async function embeddings(exchange: Exchange): Promise<void> {
  const { request, encoding } = decodeOpenAiEmbeddings(await readJsonBody(exchange))
  return forClient(exchange, async (signal) => {
    const { route, result } = await exchange.gateway.engine.pipeline.embed(request, CALLER, signal)
    await sendPieces(exchange, openAiEmbeddingPieces(request.model, encoding, result), routeHeaders(route))
  })
}

function answerIdentity(exchange: Exchange, prefix: string, requested: string): AnswerIdentity {
  exchange.model = requested
  return { id: `${prefix}-${exchange.requestId.slice(4)}`, created: Math.floor(Date.now() / 1000), model: requested }
}
