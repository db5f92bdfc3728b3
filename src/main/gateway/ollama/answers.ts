import type { ChatRequest } from '../../engine/spec/chat-request.ts'
import type { ChatRun, RouteOptions } from '../../engine/spec/engine.ts'
import type { WholeAnswer } from '../../engine/wire/collect-answer.ts'
import { ollamaChatAnswer, ollamaGenerateAnswer, ollamaLoadAnswer } from '../../engine/wire/ollama/answer.ts'
import { ollamaStream } from '../../engine/wire/ollama/answer-stream.ts'
import { decodeOllamaChat } from '../../engine/wire/ollama/chat-request.ts'
import { decodeOllamaGenerate } from '../../engine/wire/ollama/generate-request.ts'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { type JsonBody, readBody } from '../json-body.ts'
import { alsoNotSent } from '../not-sent.ts'
import { excluding } from '../openai/answers.ts'
import { tryPassThrough } from '../pass-through.ts'
import { sendJson } from '../respond.ts'
import { forClient, sendWholeAnswer, streamAnswer } from '../run-answer.ts'
import { findModelAfterLook, loadOrUnload } from './load-model.ts'

type Kind = 'chat' | 'generate'

/** POST /api/chat */
export async function chat(exchange: Exchange, options: RouteOptions = {}, given?: JsonBody): Promise<void> {
  const { raw, json } = given ?? (await readBody(exchange))
  const caller = callerOf(exchange, 'ollama', json)
  let route = options
  // Loading and unloading concern the servers that have the model, not the one that would answer.
  if (hasItems(json, 'messages')) {
    const passed = await tryPassThrough(exchange, 'ollama:chat', raw, json, asksForStream(json), caller, options)
    if (passed.done) return
    route = excluding(options, passed.excluding)
  }
  const { request, stream, notSent } = decodeOllamaChat(json)
  exchange.model = request.model
  if (request.messages.length === 0) return load(exchange, 'chat', request, options)
  const { pipeline } = exchange.gateway.engine
  const start = alsoNotSent(exchange, notSent, (signal) => pipeline.chat(request, caller, signal, route))
  return answer(exchange, 'chat', request.model, stream, start)
}

/** POST /api/generate */
export async function generate(exchange: Exchange, options: RouteOptions = {}, given?: JsonBody): Promise<void> {
  const { raw, json } = given ?? (await readBody(exchange))
  const caller = callerOf(exchange, 'ollama', json)
  let route = options
  if (hasItems(json, 'prompt')) {
    const passed = await tryPassThrough(exchange, 'ollama:generate', raw, json, asksForStream(json), caller, options)
    if (passed.done) return
    route = excluding(options, passed.excluding)
  }
  const decoded = decodeOllamaGenerate(json)
  exchange.model = decoded.request.model
  const { pipeline } = exchange.gateway.engine
  if (decoded.kind === 'load') return load(exchange, 'generate', decoded.request, options)
  const start = alsoNotSent(exchange, decoded.notSent, (signal) =>
    decoded.kind === 'raw'
      ? pipeline.complete(decoded.request, caller, signal, route)
      : pipeline.chat(decoded.request, caller, signal, route),
  )
  return answer(exchange, 'generate', decoded.request.model, decoded.stream, start)
}

function answer(
  exchange: Exchange,
  kind: Kind,
  model: string,
  stream: boolean,
  start: (signal: AbortSignal) => Promise<ChatRun>,
): Promise<void> {
  const elapsedMs = (): number => performance.now() - exchange.receivedAt
  if (stream) return streamAnswer(exchange, ollamaStream(kind, model, elapsedMs), start)
  return sendWholeAnswer(exchange, start, (whole: WholeAnswer, headers) => {
    const toAnswer = kind === 'chat' ? ollamaChatAnswer : ollamaGenerateAnswer
    sendJson(exchange, 200, toAnswer(model, whole, elapsedMs()), headers)
  })
}

function load(exchange: Exchange, kind: Kind, request: ChatRequest, options: RouteOptions): Promise<void> {
  return forClient(exchange, async (signal) => {
    const model = await findModelAfterLook(exchange, request.model)
    const done = await loadOrUnload(exchange, model, request.runtime ?? {}, signal, options)
    // One object also when a stream was asked for, as Ollama answers it.
    sendJson(exchange, 200, ollamaLoadAnswer(kind, request.model, done))
  })
}

/** Ollama streams unless it is told not to. */
function asksForStream(json: unknown): boolean {
  return (json as { stream?: unknown }).stream !== false
}

function hasItems(json: unknown, field: string): boolean {
  if (typeof json !== 'object' || json === null) return false
  const value = (json as Record<string, unknown>)[field]
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0
}
