import type { Logger } from '../../spec/engine.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { ProviderAdapter, UpstreamModel } from '../../spec/provider-adapter.ts'
import type { CallContext, Upstream } from '../../spec/upstream.ts'
import { listOf, objectOf, textOf } from '../../wire/openai/upstream-fields.ts'
import { createChatApi } from '../openai/chat-api.ts'
import { listModels, namedModels, ownList } from '../openai/list-models.ts'
import { readVersion } from '../openai/read-version.ts'
import { LOCALAI } from '../openai/vendor-table.ts'

/** A look beside the list of models may not take longer than this, ms. */
const PROBE_MS = 2_000

/** Files beside the models in LocalAI's folder, which it lists as models too. */
const STRAY_FILES = /\.(ya?ml|json|md|txt|tmpl|toml|log|partial|tmp|zip|sha256)$|^(yaml|readme|license)$/i

/** LocalAI: OpenAI's API, and its own routes for readiness, version, abilities and what is loaded. */
export function createLocalAiAdapter(upstream: Upstream, log?: Logger): ProviderAdapter {
  const { baseUrl, modelIds } = upstream.config
  const basePath = (URL.parse(baseUrl)?.pathname ?? '').replace(/\/+$/, '')
  // People write its address with and without; it answers to both.
  const root = /\/v\d+$/.test(basePath) ? '' : '/v1'
  const api = createChatApi({
    upstream,
    vendor: () => LOCALAI,
    paths: {
      chat: () => `${root}/chat/completions`,
      completions: () => `${root}/completions`,
      embeddings: () => `${root}/embeddings`,
      responses: `${root}/responses`,
    },
  })

  /** LocalAI says 503 while it still starts its backends; its list is then not what it will be. */
  async function checkReady(signal: AbortSignal): Promise<void> {
    const response = await upstream.request({
      method: 'GET',
      path: '/readyz',
      fromRoot: true,
      signal,
      firstByteMs: PROBE_MS,
    })
    response.discard()
    if (response.status !== 503) return
    throw new EngineError('upstream_unavailable', `${upstream.title} is still starting.`, {
      upstream: { provider: 'localai', status: 503 },
    })
  }

  /** Ids of the models in memory; null if it does not tell. */
  async function loadedModels(signal: AbortSignal): Promise<ReadonlySet<string> | null> {
    try {
      const system = await upstream.json({
        method: 'GET',
        path: '/system',
        fromRoot: true,
        signal,
        firstByteMs: PROBE_MS,
      })
      const loaded = objectOf(system)?.loaded_models
      if (!Array.isArray(loaded)) return null
      return new Set(listOf(loaded).flatMap((model) => textOf(objectOf(model)?.id) ?? []))
    } catch (error) {
      if (signal.aborted) throw error
      log?.debug({ err: error }, 'LocalAI does not tell what is loaded')
      return null
    }
  }

  return {
    kind: 'localai',
    upstream,
    ...api,
    async listModels(signal = new AbortController().signal, context?: CallContext): Promise<UpstreamModel[]> {
      if (modelIds.length > 0) return namedModels(upstream, LOCALAI)
      await checkReady(signal)
      const [listed, loaded] = await Promise.all([
        listModels({ upstream, path: `${root}/models`, vendor: LOCALAI, signal, context, log }),
        loadedModels(signal),
      ])
      return listed.models
        .filter((model) => !STRAY_FILES.test(model.upstreamModel))
        .map((model) => ({ ...model, loaded: loaded?.has(model.upstreamModel) ?? false }))
    },
    async ownList(signal, context) {
      const { answer } = await ownList({ upstream, path: `${root}/models`, vendor: LOCALAI, signal, context })
      return answer
    },
    version: (signal) => readVersion(upstream, LOCALAI, signal),
  }
}
