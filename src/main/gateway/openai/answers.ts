import type { RouteOptions } from '../../engine/spec/engine.ts'
import {
  type AnswerIdentity,
  openAiChatCompletion,
  openAiTextCompletion,
} from '../../engine/wire/openai/chat-answer.ts'
import { decodeOpenAiChat } from '../../engine/wire/openai/chat-request.ts'
import { openAiChatStream, openAiTextStream } from '../../engine/wire/openai/chat-stream.ts'
import { decodeOpenAiCompletion } from '../../engine/wire/openai/completion-request.ts'
import { decodeOpenAiEmbeddings, openAiEmbeddingPieces } from '../../engine/wire/openai/embeddings.ts'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { type JsonBody, readBody } from '../json-body.ts'
import { alsoNotSent } from '../not-sent.ts'
import { tryPassThrough } from '../pass-through.ts'
import { sendJson, sendPieces } from '../respond.ts'
import { routeHeaders } from '../route-headers.ts'
import { forClient, sendWholeAnswer, streamAnswer } from '../run-answer.ts'

/** POST /v1/chat/completions */
export async function chatCompletions(exchange: Exchange, options: RouteOptions = {}, body?: JsonBody): Promise<void> {
  const { raw, json } = body ?? (await readBody(exchange))
  const caller = callerOf(exchange, 'openai', json)
  const passed = await tryPassThrough(exchange, 'openai:chat', raw, json, asksForStream(json), caller, options)
  if (passed.done) return
  const { request, stream, includeUsage, callsFunctions, notSent } = decodeOpenAiChat(json)
  const identity = { ...answerIdentity(exchange, 'chatcmpl', request.model), callsFunctions }
  const { pipeline } = exchange.gateway.engine
  const route = excluding(options, passed.excluding)
  const start = alsoNotSent(exchange, notSent, (signal) => pipeline.chat(request, caller, signal, route))
  if (stream) return streamAnswer(exchange, openAiChatStream(identity, includeUsage), start)
  return sendWholeAnswer(exchange, start, (answer, headers) => {
    sendJson(exchange, 200, openAiChatCompletion(identity, answer), headers)
  })
}

/** POST /v1/completions */
export async function completions(exchange: Exchange, options: RouteOptions = {}, body?: JsonBody): Promise<void> {
  const { raw, json } = body ?? (await readBody(exchange))
  const caller = callerOf(exchange, 'openai', json)
  const passed = await tryPassThrough(exchange, 'openai:completions', raw, json, asksForStream(json), caller, options)
  if (passed.done) return
  const { request, stream, includeUsage } = decodeOpenAiCompletion(json)
  const identity = answerIdentity(exchange, 'cmpl', request.model)
  const { pipeline } = exchange.gateway.engine
  const route = excluding(options, passed.excluding)
  if (stream) {
    return streamAnswer(exchange, openAiTextStream(identity, includeUsage), (signal) =>
      pipeline.complete(request, caller, signal, route),
    )
  }
  return sendWholeAnswer(
    exchange,
    (signal) => pipeline.complete(request, caller, signal, route),
    (answer, headers) => sendJson(exchange, 200, openAiTextCompletion(identity, answer), headers),
  )
}

/** POST /v1/embeddings */
export async function embeddings(exchange: Exchange, options: RouteOptions = {}, body?: JsonBody): Promise<void> {
  const { raw, json } = body ?? (await readBody(exchange))
  const caller = callerOf(exchange, 'openai', json)
  const passed = await tryPassThrough(exchange, 'openai:embeddings', raw, json, false, caller, options)
  if (passed.done) return
  const { request, encoding } = decodeOpenAiEmbeddings(json)
  return forClient(exchange, async (signal) => {
    const { pipeline } = exchange.gateway.engine
    const { route, result } = await pipeline.embed(request, caller, signal, excluding(options, passed.excluding))
    await sendPieces(exchange, openAiEmbeddingPieces(request.model, encoding, result), routeHeaders(route))
  })
}

/** Whether a body asks for a stream. */
export function asksForStream(body: unknown): boolean {
  return typeof body === 'object' && body !== null && (body as { stream?: unknown }).stream === true
}

/** The route options for what is left to try. */
export function excluding(options: RouteOptions, tried: ReadonlySet<string> | undefined): RouteOptions {
  if (tried === undefined || tried.size === 0) return options
  return { ...options, excluding: new Set([...(options.excluding ?? []), ...tried]) }
}

function answerIdentity(exchange: Exchange, prefix: string, requested: string): AnswerIdentity {
  exchange.model = requested
  return { id: `${prefix}-${exchange.requestId.slice(4)}`, created: Math.floor(Date.now() / 1000), model: requested }
}
