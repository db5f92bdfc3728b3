import { Batched } from '../../spec/batched.ts'
import type { ChatRequest, CompletionRequest } from '../../spec/chat-request.ts'
import type { Logger } from '../../spec/engine.ts'
import { EngineError, isEngineError } from '../../spec/engine-error.ts'
import type { PassThroughEndpoint, ProviderAdapter, ProviderCall } from '../../spec/provider-adapter.ts'
import type { StreamPart } from '../../spec/stream-part.ts'
import type { CallContext, Upstream, UpstreamResponse } from '../../spec/upstream.ts'
import { ollamaModelName } from '../../wire/ollama/model-name.ts'
import { ollamaRefusal } from '../../wire/ollama/upstream-errors.ts'
import {
  ollamaEntries,
  ollamaEntryDigest,
  ollamaEntryName,
  ollamaLoadedModels,
  ollamaUpstreamModel,
} from '../../wire/ollama/upstream-models.ts'
import { isObject } from '../../wire/ollama/upstream-options.ts'
import { type OllamaBody, ollamaChatBody, ollamaCompletionBody } from '../../wire/ollama/upstream-request.ts'
import { renamed } from '../../wire/with-model-name.ts'
import { embedAll } from './embed.ts'
import { createModelFacts } from './model-facts.ts'
import { readAnswer } from './read-answer.ts'
import { ThinkMemory } from './think-memory.ts'

/** What a list waits for /api/show of models that it does not know yet, ms. */
const FACTS_WITHIN_MS = 2_000

const PATHS: Partial<Record<PassThroughEndpoint, string>> = {
  'ollama:chat': '/api/chat',
  'ollama:generate': '/api/generate',
  'ollama:embed': '/api/embed',
  'ollama:embeddings': '/api/embeddings',
}

/**
 * An Ollama server as a provider, over its native API. Its OpenAI and Anthropic routes are not used, nor passed through:
 * only the native API takes `num_ctx`, `keep_alive` and the other options, and tells load times.
 */
export function createOllamaAdapter(upstream: Upstream, log?: Logger): ProviderAdapter {
  const facts = createModelFacts(upstream, log)
  const thinking = new ThinkMemory()

  async function entriesOf(path: string, signal: AbortSignal, context: CallContext | undefined) {
    const asked = { method: 'GET' as const, path, signal, ...(context === undefined ? {} : { context }) }
    const entries = ollamaEntries(await upstream.json(asked))
    if (entries !== null) return entries
    throw new EngineError(
      'upstream_error',
      `${upstream.title} does not answer ${path} as Ollama does. Check the address.`,
      {
        upstream: { provider: 'ollama' },
      },
    )
  }

  async function open(call: ProviderCall<unknown>, path: string, body: object): Promise<UpstreamResponse> {
    try {
      return await upstream.open({
        method: 'POST',
        path,
        body: JSON.stringify(body),
        signal: call.signal,
        ...(call.key === undefined ? {} : { key: call.key }),
        ...(call.context === undefined ? {} : { context: call.context }),
      })
    } catch (error) {
      throw isEngineError(error) ? ollamaRefusal(error) : error
    }
  }

  /** Asks again with less thinking where the server says that the model cannot do so much: it names one limit at a time. */
  async function openChat(call: ProviderCall<ChatRequest>): Promise<{ response: UpstreamResponse; sent: OllamaBody }> {
    for (;;) {
      const sent = ollamaChatBody(call.request, call.upstreamModel, thinking.supportOf(call.upstreamModel))
      try {
        return { response: await open(call, '/api/chat', sent.body), sent }
      } catch (error) {
        if (call.request.reasoning === undefined || !thinking.learn(call.upstreamModel, error)) throw error
      }
    }
  }

  async function* chat(call: ProviderCall<ChatRequest>): AsyncGenerator<readonly StreamPart[], void, undefined> {
    const { response, sent } = await openChat(call)
    if (sent.notSent.length > 0) call.onNotSent?.(sent.notSent)
    yield* readAnswer(upstream, response)
  }

  async function* complete(
    call: ProviderCall<CompletionRequest>,
  ): AsyncGenerator<readonly StreamPart[], void, undefined> {
    const { body, notSent } = ollamaCompletionBody(call.request, call.upstreamModel)
    if (notSent.length > 0) call.onNotSent?.(notSent)
    yield* readAnswer(upstream, await open(call, '/api/generate', body))
  }

  return {
    kind: 'ollama',
    upstream,
    async listModels(signal = new AbortController().signal, context) {
      const [entries, running] = await Promise.all([
        entriesOf('/api/tags', signal, context),
        entriesOf('/api/ps', signal, context).catch((error: unknown) => {
          // A proxy may only let some routes through; what is loaded is then not known.
          log?.debug({ err: error }, 'The server does not tell which models are loaded')
          return []
        }),
      ])
      await facts.learn(entries, FACTS_WITHIN_MS)
      const loaded = ollamaLoadedModels(running, Date.now())
      return entries.flatMap((entry) => {
        const name = ollamaEntryName(entry)
        if (name === null) return []
        return [ollamaUpstreamModel(entry, name, facts.get(ollamaEntryDigest(entry)), loaded.get(name) ?? null)]
      })
    },
    async version(signal) {
      const answer = await upstream.json({ method: 'GET', path: '/api/version', signal })
      return isObject(answer) && typeof answer.version === 'string' ? answer.version : null
    },
    chat: (call) => new Batched(chat(call)),
    complete: (call) => new Batched(complete(call)),
    embed: (call) => embedAll(upstream, call),
    passThrough(endpoint, body, upstreamModel, raw, laid) {
      const path = PATHS[endpoint]
      if (path === undefined) return null
      const isSame = typeof body.model === 'string' && ollamaModelName(body.model) === ollamaModelName(upstreamModel)
      const bytes = () => laid?.bytes(upstreamModel) ?? renamed(body, upstreamModel, raw)
      return { path, body: isSame ? null : bytes(), notSent: [] }
    },
  }
}
