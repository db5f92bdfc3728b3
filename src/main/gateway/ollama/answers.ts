import type { ChatRequest } from '../../engine/spec/chat-request.ts'
import type { Caller, ChatRun } from '../../engine/spec/engine.ts'
import type { WholeAnswer } from '../../engine/wire/collect-answer.ts'
import { ollamaChatAnswer, ollamaGenerateAnswer, ollamaLoadAnswer } from '../../engine/wire/ollama/answer.ts'
import { ollamaStream } from '../../engine/wire/ollama/answer-stream.ts'
import { decodeOllamaChat } from '../../engine/wire/ollama/chat-request.ts'
import { decodeOllamaGenerate } from '../../engine/wire/ollama/generate-request.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'
import { sendJson } from '../respond.ts'
import { forClient, sendWholeAnswer, streamAnswer } from '../run-answer.ts'
import { findModel, loadOrUnload } from './load-model.ts'

const CALLER: Caller = { kind: 'owner', via: 'ollama' }

type Kind = 'chat' | 'generate'

/** POST /api/chat */
export async function chat(exchange: Exchange): Promise<void> {
  const { request, stream } = decodeOllamaChat(await readJsonBody(exchange))
  exchange.model = request.model
  if (request.messages.length === 0) return load(exchange, 'chat', request)
  const { pipeline } = exchange.gateway.engine
  return answer(exchange, 'chat', request.model, stream, (signal) => pipeline.chat(request, CALLER, signal))
}

/** POST /api/generate */
export async function generate(exchange: Exchange): Promise<void> {
  const decoded = decodeOllamaGenerate(await readJsonBody(exchange))
  exchange.model = decoded.request.model
  const { pipeline } = exchange.gateway.engine
  switch (decoded.kind) {
    case 'load':
      return load(exchange, 'generate', decoded.request)
    case 'raw':
      return answer(exchange, 'generate', decoded.request.model, decoded.stream, (signal) =>
        pipeline.complete(decoded.request, CALLER, signal),
      )
    case 'chat':
      return answer(exchange, 'generate', decoded.request.model, decoded.stream, (signal) =>
        pipeline.chat(decoded.request, CALLER, signal),
      )
  }
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

function load(exchange: Exchange, kind: Kind, request: ChatRequest): Promise<void> {
  return forClient(exchange, async (signal) => {
    const { engine } = exchange.gateway
    const done = await loadOrUnload(engine, findModel(engine, request.model), request.runtime ?? {}, signal)
    // One object also when a stream was asked for, as Ollama answers it.
    sendJson(exchange, 200, ollamaLoadAnswer(kind, request.model, done))
  })
}
