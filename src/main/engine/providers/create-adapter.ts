import type { RemoteProviderKind } from '#shared/connections.ts'
import type { Logger } from '../spec/engine.ts'
import type { ProviderAdapter } from '../spec/provider-adapter.ts'
import type { Upstream } from '../spec/upstream.ts'
import { createAnthropicAdapter } from './anthropic/anthropic-adapter.ts'
import { createAzureAdapter } from './azure/azure-adapter.ts'
import { createLocalAiAdapter } from './localai/localai-adapter.ts'
import { createOllamaAdapter } from './ollama/ollama-adapter.ts'
import { createOpenAiAdapter } from './openai/openai-adapter.ts'

/** Every provider that a connection can have: adding one is its folder and its line here. */
const ADAPTERS: Record<RemoteProviderKind, (upstream: Upstream, log: Logger) => ProviderAdapter> = {
  ollama: createOllamaAdapter,
  openai: createOpenAiAdapter,
  azure: createAzureAdapter,
  anthropic: createAnthropicAdapter,
  localai: createLocalAiAdapter,
}

/** The adapter of a provider over one connection's upstream. */
export function createAdapter(provider: RemoteProviderKind, upstream: Upstream, log: Logger): ProviderAdapter {
  return ADAPTERS[provider](upstream, log)
}
