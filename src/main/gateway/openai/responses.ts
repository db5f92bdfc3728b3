import type { RouteOptions } from '../../engine/spec/engine.ts'
import { openAiResponse, type ResponseIdentity } from '../../engine/wire/openai-responses/client-answer.ts'
import { decodeOpenAiResponses } from '../../engine/wire/openai-responses/client-request.ts'
import { openAiResponseStream } from '../../engine/wire/openai-responses/client-stream.ts'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { type JsonBody, readBody } from '../json-body.ts'
import { alsoNotSent } from '../not-sent.ts'
import { tryPassThrough } from '../pass-through.ts'
import { sendJson } from '../respond.ts'
import { sendWholeAnswer, streamAnswer } from '../run-answer.ts'
import { asksForStream, excluding } from './answers.ts'

/** POST /v1/responses, without anything kept between requests. */
export async function responses(exchange: Exchange, options: RouteOptions = {}, body?: JsonBody): Promise<void> {
  const { raw, json } = body ?? (await readBody(exchange))
  const caller = callerOf(exchange, 'openai', json)
  const passed = await tryPassThrough(exchange, 'openai:responses', raw, json, asksForStream(json), caller, options)
  if (passed.done) return
  const { request, stream, echo, toolNames, notSent } = decodeOpenAiResponses(json)
  exchange.model = request.model
  const identity: ResponseIdentity = {
    id: `resp_${exchange.requestId.slice(4)}`,
    created: Math.floor(Date.now() / 1000),
    echo,
    toolNames,
  }
  const { pipeline } = exchange.gateway.engine
  const route = excluding(options, passed.excluding)
  const start = alsoNotSent(exchange, notSent, (signal) => pipeline.chat(request, caller, signal, route))
  if (stream) return streamAnswer(exchange, openAiResponseStream(identity), start)
  return sendWholeAnswer(exchange, start, (answer, headers) => {
    sendJson(exchange, 200, openAiResponse(identity, answer), headers)
  })
}
