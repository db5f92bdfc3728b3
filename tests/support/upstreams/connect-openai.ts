import { createUpstream } from '../../../src/main/engine/http/create-upstream.ts'
import { createAzureAdapter } from '../../../src/main/engine/providers/azure/azure-adapter.ts'
import { createLocalAiAdapter } from '../../../src/main/engine/providers/localai/localai-adapter.ts'
import { createOpenAiAdapter } from '../../../src/main/engine/providers/openai/openai-adapter.ts'
import type { ProviderAdapter } from '../../../src/main/engine/spec/provider-adapter.ts'
import type { Upstream } from '../../../src/main/engine/spec/upstream.ts'
import { type ConnectionConfig, connectionConfigSchema } from '../../../src/shared/connections.ts'
import { createTestLog } from '../test-log.ts'
import { type OpenAiUpstream, startOpenAiUpstream } from './openai-upstream.ts'

/** An adapter of the OpenAI family, connected to a scripted server by true HTTP. */
export interface ConnectedOpenAi {
  adapter: ProviderAdapter
  upstream: Upstream
  server: OpenAiUpstream
  close(): Promise<void>
}

/** Starts a scripted server and connects the adapter that its flavour calls for. */
export async function connectOpenAi(
  serverOptions: Parameters<typeof startOpenAiUpstream>[0] = {},
  config: Partial<ConnectionConfig> | ((server: OpenAiUpstream) => Partial<ConnectionConfig>) = {},
): Promise<ConnectedOpenAi> {
  const server = await startOpenAiUpstream(serverOptions)
  const { flavour } = server
  const provider = flavour === 'azure' || flavour === 'localai' ? flavour : 'openai'
  const upstream = upstreamTo({
    provider,
    baseUrl: server.baseUrl,
    ...(typeof config === 'function' ? config(server) : config),
  })
  return {
    adapter: adapterFor(upstream),
    upstream,
    server,
    async close() {
      await upstream.close()
      await server.stop()
    },
  }
}

/** HTTP to any address, with one key. */
export function upstreamTo(
  config: Partial<ConnectionConfig> & Pick<ConnectionConfig, 'provider' | 'baseUrl'>,
): Upstream {
  return createUpstream({
    config: connectionConfigSchema.parse(config),
    title: 'Scripted',
    secrets: { keys: ['sk-scripted'], headers: {} },
    log: createTestLog(),
  })
}

function adapterFor(upstream: Upstream): ProviderAdapter {
  switch (upstream.config.provider) {
    case 'azure':
      return createAzureAdapter(upstream, createTestLog())
    case 'localai':
      return createLocalAiAdapter(upstream, createTestLog())
    default:
      return createOpenAiAdapter(upstream, createTestLog())
  }
}
