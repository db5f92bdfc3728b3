import { Batched } from '../../spec/batched.ts'
import type { ChatRequest, CompletionRequest, EmbeddingRequest } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type {
  LaidOver,
  PassThroughEndpoint,
  PassThroughRequest,
  ProviderAdapter,
  ProviderCall,
} from '../../spec/provider-adapter.ts'
import type { StreamPart } from '../../spec/stream-part.ts'
import type { Upstream, UpstreamRequest, UpstreamResponse } from '../../spec/upstream.ts'
import { leaveOutRefusedSampling } from '../../wire/openai/refused-sampling.ts'
import { reportedFailure } from '../../wire/openai/upstream-failure.ts'
import { toOpenAiChatBody, toOpenAiCompletionBody } from '../../wire/openai/upstream-request.ts'
import { openAiAnswerReader, type UpstreamAnswerReader } from '../../wire/openai/upstream-stream.ts'
import { toResponsesBody } from '../../wire/openai-responses/upstream-request.ts'
import { responsesAnswerReader } from '../../wire/openai-responses/upstream-stream.ts'
import { bareModelName } from '../../wire/parameters/model-rules.ts'
import { applyOpenAiBodyRules, type RuledBody } from '../../wire/parameters/openai-body-rules.ts'
import { openAiToolNames } from '../../wire/upstream-tool-names.ts'
import { renamed } from '../../wire/with-model-name.ts'
import { CallExtrasMemory } from './call-extras-memory.ts'
import { EffortMemory, effortOf, mayRefuseEffort } from './effort-memory.ts'
import { embed } from './embed.ts'
import { readAnswer } from './read-answer.ts'
import type { Vendor } from './vendor-table.ts'

/** Where a server of the OpenAI family takes requests; paths follow the base URL's own path. */
export interface OpenAiPaths {
  chat(model: string): string
  completions(model: string): string
  embeddings(model: string): string
  responses: string
}

export interface ChatApiOptions {
  upstream: Upstream
  paths: OpenAiPaths
  /** Asked for at each request: a server's vendor may only be known once its models are. */
  vendor: () => Vendor
  /** Rules on top of the vendor's, for every body of a chat or completion. */
  restrict?: (body: Readonly<Record<string, unknown>>, request: 'chat' | 'completion') => RuledBody
}

/** What is sent for a request, and how its answer is read. */
interface Asking {
  path: string
  ruled: RuledBody
  reader: UpstreamAnswerReader
}

/** An answer that has begun, and how it is read. */
interface Opened {
  reader: UpstreamAnswerReader
  response: UpstreamResponse
}

/** What all adapters of the OpenAI family share: everything but the list of models. */
export type ChatApi = Required<Pick<ProviderAdapter, 'chat' | 'complete' | 'embed' | 'passThrough' | 'reportedError'>>

/** Chats, completions and embeddings over OpenAI's API, or chats over its Responses API if the connection says so. */
export function createChatApi({ upstream, paths, vendor, restrict }: ChatApiOptions): ChatApi {
  const speaksResponses = upstream.config.apiType === 'responses'
  const efforts = new EffortMemory()
  const extras = new CallExtrasMemory()

  function restricted(ruled: RuledBody, request: 'chat' | 'completion'): RuledBody {
    if (restrict === undefined) return ruled
    const { body, notSent } = restrict(ruled.body, request)
    return { body, notSent: [...ruled.notSent, ...notSent] }
  }

  function open(call: ProviderCall<unknown>, { path, ruled: { body, notSent } }: Asking): Promise<UpstreamResponse> {
    // Before the answer, since the head of a slow one does not wait for it.
    if (notSent.length > 0) call.onNotSent?.([...new Set(notSent)])
    return upstream.open({
      ...post(call, path, JSON.stringify(body)),
      headers: { accept: 'text/event-stream', ...vendor().headers },
    })
  }

  async function* answer(opened: () => Promise<Opened>): AsyncGenerator<readonly StreamPart[], void, undefined> {
    const { reader, response } = await opened()
    yield* readAnswer(response, reader, vendor().vendor)
  }

  /** Asks again without an effort where the server says that the model does not take it. */
  async function openChat(call: ProviderCall<ChatRequest>): Promise<Opened> {
    const { upstreamModel: model } = call
    const asking = askChat(call, vendor())
    const effort = effortOf(asking.ruled.body)
    if (effort === undefined) return { reader: asking.reader, response: await open(call, asking) }
    const askWithout = (): Asking => askChat(call, withoutEffort(vendor()))
    const asked = efforts.refuses(model, effort) ? askWithout() : asking
    try {
      return { reader: asked.reader, response: await open(call, asked) }
    } catch (error) {
      if (asked !== asking || !mayRefuseEffort(error)) throw error
      const again = askWithout()
      const response = await open(call, again)
      efforts.learn(model, effort)
      return { reader: again.reader, response }
    }
  }

  async function openCompletion(call: ProviderCall<CompletionRequest>): Promise<Opened> {
    const asking = askCompletion(call)
    return { reader: asking.reader, response: await open(call, asking) }
  }

  function askChat({ request, upstreamModel: model }: ProviderCall<ChatRequest>, quirks: Vendor): Asking {
    const toolNames = openAiToolNames(request.tools)
    if (speaksResponses) {
      const ruled = toResponsesBody(request, model, quirks, toolNames)
      return { path: paths.responses, ruled, reader: responsesAnswerReader(quirks.vendor, toolNames) }
    }
    const ruled = restricted(toOpenAiChatBody(request, model, quirks, toolNames, extras), 'chat')
    return { path: paths.chat(model), ruled, reader: openAiAnswerReader(quirks.vendor, toolNames, extras) }
  }

  function askCompletion(call: ProviderCall<CompletionRequest>): Asking {
    const { request, upstreamModel: model } = call
    const quirks = vendor()
    if (!completes(quirks, model)) {
      throw new EngineError(
        'unsupported',
        `${upstream.title} does not complete raw text with '${model}': that model only chats.`,
        { param: 'model' },
      )
    }
    const ruled = restricted(toOpenAiCompletionBody(request, model, quirks), 'completion')
    return { path: paths.completions(model), ruled, reader: openAiAnswerReader(quirks.vendor) }
  }

  function passThrough(
    endpoint: PassThroughEndpoint,
    body: Readonly<Record<string, unknown>>,
    model: string,
    raw?: Buffer,
    laid?: LaidOver,
  ): PassThroughRequest | null {
    const quirks = vendor()
    const ruled = (): RuledBody => {
      if (laid === undefined) return applyOpenAiBodyRules(body, model, quirks)
      const taken = leaveOutRefusedSampling(body, model, quirks, laid.fields)
      const result = applyOpenAiBodyRules(taken.body, model, quirks)
      return { body: result.body, notSent: [...taken.notSent, ...result.notSent] }
    }
    switch (endpoint) {
      case 'openai:responses':
        return speaksResponses ? toPassThrough(paths.responses, { body, notSent: [] }, body, model, quirks, raw) : null
      case 'openai:chat':
        if (speaksResponses) return null
        return toPassThrough(paths.chat(model), restricted(ruled(), 'chat'), body, model, quirks, raw, laid)
      case 'openai:completions':
        if (speaksResponses || !completes(quirks, model)) return null
        return toPassThrough(paths.completions(model), restricted(ruled(), 'completion'), body, model, quirks, raw)
      case 'openai:embeddings':
        if (speaksResponses) return null
        return toPassThrough(paths.embeddings(model), ruled(), body, model, quirks, raw)
      default:
        return null
    }
  }

  return {
    chat: (call) => new Batched(answer(() => openChat(call))),
    complete: (call) => new Batched(answer(() => openCompletion(call))),
    passThrough,
    reportedError: (reported) => reportedFailure(vendor().vendor, reported.error ?? reported, reported),
    embed(call: ProviderCall<EmbeddingRequest>) {
      const quirks = vendor()
      const path = paths.embeddings(call.upstreamModel)
      return embed(call, quirks, (body) => upstream.json({ ...post(call, path, body), headers: quirks.headers }))
    },
  }
}

function post(call: ProviderCall<unknown>, path: string, body: string): UpstreamRequest {
  return {
    method: 'POST',
    path,
    body,
    signal: call.signal,
    ...(call.key === undefined ? {} : { key: call.key }),
    ...(call.context === undefined ? {} : { context: call.context }),
  }
}

function withoutEffort(quirks: Vendor): Vendor {
  return { ...quirks, refusedFields: new Set([...quirks.refusedFields, 'reasoning_effort', 'reasoning']) }
}

function completes({ completions }: Vendor, model: string): boolean {
  return completions === 'all' || (completions !== 'none' && completions.test(bareModelName(model)))
}

function toPassThrough(
  path: string,
  ruled: RuledBody,
  original: Readonly<Record<string, unknown>>,
  model: string,
  { headers }: Vendor,
  raw: Buffer | undefined,
  laid?: LaidOver,
): PassThroughRequest {
  const bytes = (): Buffer | string | null => {
    if (ruled.body !== original) return renamed(ruled.body, model)
    if (original.model === model) return null
    return laid?.bytes(model) ?? renamed(original, model, raw)
  }
  return {
    path,
    body: bytes(),
    notSent: ruled.notSent,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  }
}
