import type { Logger } from '../../spec/engine.ts'
import type { ProviderAdapter } from '../../spec/provider-adapter.ts'
import type { CallContext, Upstream } from '../../spec/upstream.ts'
import { azureAddress } from '../../wire/parameters/azure-address.ts'
import { applyAzureWhitelist } from '../../wire/parameters/azure-body-rules.ts'
import { createChatApi } from '../openai/chat-api.ts'
import { listModels, namedModels, ownList } from '../openai/list-models.ts'
import { AZURE } from '../openai/vendor-table.ts'

/**
 * Azure OpenAI, with an address per deployment (classic) or as api.openai.com (`/openai/v1` in the base URL).
 * Deployments cannot be listed with a key: without `modelIds` the list holds every model that the resource could run.
 */
export function createAzureAdapter(upstream: Upstream, log?: Logger): ProviderAdapter {
  const { baseUrl, apiVersion, modelIds } = upstream.config
  const address = azureAddress(baseUrl, apiVersion)
  const api = createChatApi({
    upstream,
    vendor: () => AZURE,
    paths: {
      chat: (model) => address.inference(model, 'chat/completions'),
      completions: (model) => address.inference(model, 'completions'),
      embeddings: (model) => address.inference(model, 'embeddings'),
      responses: address.responses,
    },
    ...(address.style === 'classic' && address.version !== null
      ? { restrict: (body, request) => applyAzureWhitelist(body, address.version ?? '', request) }
      : {}),
  })
  async function listOfResource(signal: AbortSignal, context?: CallContext): Promise<unknown> {
    const { answer } = await ownList({ upstream, path: address.models, vendor: AZURE, signal, context })
    return answer
  }

  return {
    kind: 'azure',
    upstream,
    ...api,
    async listModels(signal = new AbortController().signal, context) {
      if (modelIds.length > 0) return namedModels(upstream, AZURE)
      const { models } = await listModels({ upstream, path: address.models, vendor: AZURE, signal, context, log })
      return models
    },
    // The resource's own list does not have the deployments that somebody named.
    ...(modelIds.length > 0 ? {} : { ownList: listOfResource }),
  }
}
