import { Batched } from '../../spec/batched.ts'
import type { ChatRequest } from '../../spec/chat-request.ts'
import type { Logger } from '../../spec/engine.ts'
import { EngineError, isEngineError } from '../../spec/engine-error.ts'
import type { ProviderAdapter, ProviderCall } from '../../spec/provider-adapter.ts'
import type { StreamPart } from '../../spec/stream-part.ts'
import type { Upstream, UpstreamRequest } from '../../spec/upstream.ts'
import { type AnthropicModelFacts, anthropicModelFacts } from '../../wire/anthropic/model-facts.ts'
import { eventError } from '../../wire/anthropic/upstream-error.ts'
import {
  type EncodeOptions,
  encodeAnthropicCount,
  encodeAnthropicRequest,
} from '../../wire/anthropic/upstream-request.ts'
import { listAnthropicModels, namedAnthropicModel } from './models.ts'
import { passAnthropic, withCallersBetas } from './pass-through.ts'
import { readAnswer } from './read-answer.ts'

const NEVER_ABORTED = new AbortController().signal

/** Anthropic's Messages API, at Anthropic or at any server that speaks it. The base URL may end in `/v1` or not. */
export function createAnthropicAdapter(upstream: Upstream, log?: Logger): ProviderAdapter {
  const { config, title } = upstream
  const api = /\/v1\/*$/.test(config.baseUrl) ? '' : '/v1'
  /** What the server's own list taught; it knows better than our table. */
  const learned = new Map<string, AnthropicModelFacts>()

  function encodeOptions(upstreamModel: string): EncodeOptions {
    return {
      upstreamModel,
      facts: learned.get(upstreamModel) ?? anthropicModelFacts(upstreamModel),
      passthroughParams: config.passthroughParams,
    }
  }

  async function* answer(call: ProviderCall<ChatRequest>): AsyncGenerator<readonly StreamPart[], void, undefined> {
    const { body, notSent, toolNames, answerTool } = encodeAnthropicRequest(
      call.request,
      encodeOptions(call.upstreamModel),
    )
    if (notSent.length > 0) {
      log?.debug({ requestId: call.requestId, notSent }, 'fields that Anthropic cannot be told')
      call.onNotSent?.(notSent)
    }
    const response = await upstream.open(post(call, `${api}/messages`, body))
    yield* readAnswer(response, { toolNames, answerTool, title })
  }

  return {
    kind: 'anthropic',
    upstream: withCallersBetas(upstream),
    async listModels(signal, context) {
      const { modelIds } = config
      const listed =
        modelIds.length > 0
          ? modelIds.map(namedAnthropicModel)
          : await listAnthropicModels(upstream, `${api}/models`, signal ?? NEVER_ABORTED, context)
      for (const { model, facts } of listed) learned.set(model.upstreamModel, facts)
      return listed.map(({ model }) => model)
    },
    chat: (call) => new Batched(answer(call)),
    // biome-ignore lint/correctness/useYield: it has nothing to give, and must fail where its parts are read.
    async *complete() {
      throw new EngineError(
        'unsupported',
        `${title} has no raw completions: Anthropic's API only knows chats. Ask for a chat instead.`,
      )
    },
    async embed() {
      throw new EngineError(
        'unsupported',
        `${title} has no embeddings: Anthropic's API does not make any. Choose an embedding model.`,
      )
    },
    async countTokens(call) {
      const body = encodeAnthropicCount(call.request, encodeOptions(call.upstreamModel))
      const answer = await upstream.json(post(call, `${api}/messages/count_tokens`, body)).catch((error: unknown) => {
        // Other servers that speak the dialect, Ollama's among them, may lack this route.
        if (isEngineError(error) && error.code === 'not_found') return null
        throw error
      })
      if (answer === null) return null
      const tokens = (answer as { input_tokens?: unknown }).input_tokens
      if (typeof tokens === 'number') return tokens
      throw new EngineError('upstream_error', `${title} answered a token count without a number.`, {
        upstream: { provider: 'anthropic' },
      })
    },
    reportedError: (reported) => eventError(reported, title),
    passThrough: (endpoint, body, upstreamModel, raw, laid) =>
      passAnthropic(api, endpoint, body, upstreamModel, () => encodeOptions(upstreamModel).facts, raw, laid),
  }
}

function post(call: ProviderCall<unknown>, path: string, body: unknown): UpstreamRequest {
  return {
    method: 'POST',
    path,
    body: JSON.stringify(body),
    signal: call.signal,
    ...(call.key === undefined ? {} : { key: call.key }),
    ...(call.context === undefined ? {} : { context: call.context }),
  }
}
