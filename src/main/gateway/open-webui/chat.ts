import type { Caller, ChatRun } from '../../engine/spec/engine.ts'
import { systemClock } from '../../engine/spec/system-clock.ts'
import { readWebUiChat, type WebUiChatBody } from '../../engine/wire/open-webui/chat-body.ts'
import { withOllamaParameters, withParameters } from '../../engine/wire/open-webui/chat-parameters.ts'
import { webUiChatStream } from '../../engine/wire/open-webui/chat-stream.ts'
import { openWebUiUsage } from '../../engine/wire/open-webui/usage.ts'
import { type AnswerIdentity, openAiChatCompletion } from '../../engine/wire/openai/chat-answer.ts'
import { decodeOpenAiChat } from '../../engine/wire/openai/chat-request.ts'
import { asText } from '../../engine/wire/parameters/prompt-variables.ts'
import { callerOf } from '../caller.ts'
import { findBase } from '../caller-models.ts'
import type { Exchange } from '../exchange.ts'
import { readBody } from '../json-body.ts'
import { alsoNotSent } from '../not-sent.ts'
import { asksForStream, excluding } from '../openai/answers.ts'
import { tryPassThrough } from '../pass-through.ts'
import { sendJson } from '../respond.ts'
import { sendWholeAnswer, streamAnswer } from '../run-answer.ts'

/** POST /api/chat/completions: OpenAI's dialect with Open WebUI's fields beside it. */
export async function chatCompletions(exchange: Exchange): Promise<void> {
  const { raw, json } = await readBody(exchange)
  const chat = readWebUiChat(json)
  const { engine } = exchange.gateway
  const holders = typeof chat.body.model === 'string' ? (findBase(exchange, chat.body.model)?.holders ?? []) : []
  const takesOptions = holders.some(({ provider }) => provider === 'ollama' || provider === 'llama')
  const prompt = promptOf(exchange, chat)
  const body = withParameters(chat, takesOptions, { principal: exchange.principal, ...prompt }, systemClock)
  const caller: Caller = { ...callerOf(exchange, 'openai', json), prompt }

  // A record's `stream_response` wins over what the client asks for, as there.
  const own = typeof chat.body.model === 'string' ? streamResponseOf(exchange, chat.body.model) : undefined
  const wantsStream = own ?? asksForStream(body)

  let tried: ReadonlySet<string> | undefined
  // Ollama's own way of speaking OpenAI's dialect leaves out its counts and durations.
  if (!takesOptions && own === undefined) {
    const isChanged = chat.isChanged || body.messages !== chat.body.messages
    const bytes = isChanged ? Buffer.from(JSON.stringify(body)) : raw
    const passed = await tryPassThrough(exchange, 'openai:chat', bytes, body, wantsStream, caller)
    if (passed.done) return
    tried = passed.excluding
  }

  const { request, includeUsage, notSent } = decode(chat, body, takesOptions)
  exchange.model = request.model
  const identity: AnswerIdentity = {
    id: `chatcmpl-${exchange.requestId.slice(4)}`,
    created: Math.floor(Date.now() / 1000),
    model: request.model,
  }
  let run: ChatRun | null = null
  const servedByOllama = (): boolean =>
    run !== null && engine.connectionSet.find(run.route.connectionId)?.provider === 'ollama'
  const start = alsoNotSent(exchange, notSent, async (signal) => {
    run = await engine.pipeline.chat(request, caller, signal, excluding({}, tried))
    return run
  })
  if (wantsStream) return streamAnswer(exchange, webUiChatStream(identity, includeUsage, servedByOllama), start)
  return sendWholeAnswer(exchange, start, (answer, headers) => {
    const whole = openAiChatCompletion(identity, answer)
    const { usage, timings } = answer
    const own = usage !== null && servedByOllama() ? { usage: openWebUiUsage(usage, timings) } : {}
    sendJson(exchange, 200, { ...whole, ...own }, headers)
  })
}

/** What prompts may name: what the client sent along, and the person's own time zone. */
function promptOf(
  { principal, gateway }: Exchange,
  { variables, chatVariables }: WebUiChatBody,
): NonNullable<Caller['prompt']> {
  const texts = Object.entries(variables).map(([key, value]) => [key, asText(value)])
  const zone = principal.kind === 'person' ? gateway.engine.team.clientSettings(principal.id)?.timezone : undefined
  return {
    variables: Object.fromEntries(texts),
    ...(Object.keys(chatVariables).length === 0 ? {} : { chatVariables }),
    ...(typeof zone === 'string' ? { timeZone: zone } : {}),
  }
}

/** Undefined where no record says anything, or the model is none. */
function streamResponseOf({ gateway, principal }: Exchange, model: string): boolean | undefined {
  const { access, resolver } = gateway.engine
  return access.mayUse(principal, model) ? resolver.resolve(model)?.streamResponse : undefined
}

function decode(
  chat: WebUiChatBody,
  body: Record<string, unknown>,
  takesOptions: boolean,
): ReturnType<typeof decodeOpenAiChat> {
  const decoded = decodeOpenAiChat(body)
  if (!takesOptions) return decoded
  return { ...decoded, request: withOllamaParameters(decoded.request, chat) }
}
