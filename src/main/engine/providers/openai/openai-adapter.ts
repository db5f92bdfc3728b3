import type { Logger } from '../../spec/engine.ts'
import type { ProviderAdapter } from '../../spec/provider-adapter.ts'
import type { Upstream } from '../../spec/upstream.ts'
import { createChatApi } from './chat-api.ts'
import { listModels, namedModels, ownList } from './list-models.ts'
import { readVersion } from './read-version.ts'
import { COMPATIBLE, type Vendor, vendorOfHost } from './vendor-table.ts'

/** OpenAI and every server that speaks its API: what sets them apart is data in the vendor table. */
export function createOpenAiAdapter(upstream: Upstream, log?: Logger): ProviderAdapter {
  const { baseUrl, modelIds } = upstream.config
  let vendor: Vendor = vendorOfHost(URL.parse(baseUrl)?.hostname ?? '') ?? COMPATIBLE
  const api = createChatApi({
    upstream,
    vendor: () => vendor,
    paths: {
      chat: () => '/chat/completions',
      completions: () => '/completions',
      embeddings: () => '/embeddings',
      responses: '/responses',
    },
  })
  return {
    kind: 'openai',
    upstream,
    ...api,
    async listModels(signal = new AbortController().signal, context) {
      if (modelIds.length > 0) return namedModels(upstream, vendor)
      const listed = await listModels({ upstream, path: '/models', vendor, signal, context, log })
      vendor = listed.vendor
      return listed.models
    },
    async ownList(signal, context) {
      const { answer } = await ownList({ upstream, path: '/models', vendor, signal, context })
      return answer
    },
    version: (signal) => readVersion(upstream, vendor, signal),
  }
}
