import type { Caller, RouteOptions } from '../../engine/spec/engine.ts'
import { decodeAnthropicCount, decodeAnthropicMessages } from '../../engine/wire/anthropic/client-request.ts'
import { anthropicMessage, type MessageIdentity } from '../../engine/wire/anthropic/message.ts'
import { anthropicMessageStream } from '../../engine/wire/anthropic/message-stream.ts'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { type JsonBody, readBody } from '../json-body.ts'
import { alsoNotSent } from '../not-sent.ts'
import { asksForStream, excluding } from '../openai/answers.ts'
import { tryPassThrough } from '../pass-through.ts'
import { sendJson } from '../respond.ts'
import { routeHeaders } from '../route-headers.ts'
import type { Routes } from '../router.ts'
import { forClient, sendWholeAnswer, streamAnswer } from '../run-answer.ts'

/** The Anthropic dialect. Its model list is told apart from OpenAI's by the request's headers, where that one is served. */
export const anthropicRoutes: Routes = {
  'POST /v1/messages': (exchange) => messages(exchange),
  'POST /v1/messages/count_tokens': (exchange) => countTokens(exchange),
}

/** POST /v1/messages. Errors take the shape of the exchange's dialect until a stream has begun. */
export async function messages(exchange: Exchange, options: RouteOptions = {}, body?: JsonBody): Promise<void> {
  const { raw, json } = body ?? (await readBody(exchange))
  const caller = anthropicCaller(exchange)
  const passed = await tryPassThrough(exchange, 'anthropic:messages', raw, json, asksForStream(json), caller, options)
  if (passed.done) return
  const { request, stream, notSent } = decodeAnthropicMessages(json)
  const identity = messageIdentity(exchange, request.model)
  const { pipeline } = exchange.gateway.engine
  const route = excluding(options, passed.excluding)
  const start = alsoNotSent(exchange, notSent, (signal) => pipeline.chat(request, caller, signal, route))
  if (stream) return streamAnswer(exchange, anthropicMessageStream(identity), start)
  return sendWholeAnswer(exchange, start, (answer, headers) => {
    sendJson(exchange, 200, anthropicMessage(identity, answer), headers)
  })
}

/** POST /v1/messages/count_tokens. An estimate says so in `X-Switchyard-Estimated`. */
export async function countTokens(exchange: Exchange, options: RouteOptions = {}, body?: JsonBody): Promise<void> {
  const { raw, json } = body ?? (await readBody(exchange))
  const caller = anthropicCaller(exchange)
  const passed = await tryPassThrough(exchange, 'anthropic:count_tokens', raw, json, false, caller, options)
  if (passed.done) return
  const request = decodeAnthropicCount(json)
  exchange.model = request.model
  return forClient(exchange, async (signal) => {
    const { pipeline } = exchange.gateway.engine
    const { route, tokens, exact } = await pipeline.countTokens(
      request,
      caller,
      signal,
      excluding(options, passed.excluding),
    )
    const headers = exact ? routeHeaders(route) : { ...routeHeaders(route), 'X-Switchyard-Estimated': 'true' }
    sendJson(exchange, 200, { input_tokens: tokens }, headers)
  })
}

/** The caller, with the features in test that it asks for: without their header the API refuses their fields. */
function anthropicCaller(exchange: Exchange): Caller {
  const caller = callerOf(exchange, 'anthropic')
  const beta = exchange.req.headers['anthropic-beta']
  if (beta === undefined) return caller
  const dialectHeaders = { 'anthropic-beta': Array.isArray(beta) ? beta.join(',') : beta }
  return { ...caller, context: { ...caller.context, dialectHeaders } }
}

function messageIdentity(exchange: Exchange, model: string): MessageIdentity {
  exchange.model = model
  return { id: `msg_${exchange.requestId.slice(4)}`, requestId: exchange.requestId, model }
}
