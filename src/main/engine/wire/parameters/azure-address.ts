import { EngineError } from '../../spec/engine-error.ts'

export const AZURE_INFERENCE_VERSION = '2024-10-21'
/** What Open WebUI lists and verifies with. */
export const AZURE_LISTING_VERSION = '2023-03-15-preview'
/** First version of classic Azure that has the Responses API. */
export const AZURE_RESPONSES_VERSION = '2025-03-01-preview'

/** Where an Azure resource answers; paths follow the base URL's own path. */
export interface AzureAddress {
  /** `classic`: one address per deployment, with `api-version`; `v1`: as api.openai.com. */
  style: 'classic' | 'v1'
  /** `api-version` of inference; null for v1 unless one is set. */
  version: string | null
  models: string
  responses: string
  /** Throws `invalid_request` for a deployment name that would lead elsewhere. */
  inference(deployment: string, endpoint: 'chat/completions' | 'completions' | 'embeddings'): string
}

/** The paths of a resource. `baseUrl` is `https://<name>.openai.azure.com`, also with `/openai`, or `…/openai/v1`. */
export function azureAddress(baseUrl: string, apiVersion: string | null): AzureAddress {
  const path = new URL(baseUrl).pathname.replace(/\/+$/, '')
  if (/\/openai\/v1$/.test(path)) {
    const query = apiVersion === null ? '' : `?api-version=${encodeURIComponent(apiVersion)}`
    return {
      style: 'v1',
      version: apiVersion,
      models: `/models${query}`,
      responses: `/responses${query}`,
      inference: (_deployment, endpoint) => `/${endpoint}${query}`,
    }
  }
  const root = /\/openai$/.test(path) ? '' : '/openai'
  const version = apiVersion ?? AZURE_INFERENCE_VERSION
  const query = (value: string): string => `?api-version=${encodeURIComponent(value)}`
  return {
    style: 'classic',
    version,
    models: `${root}/models${query(apiVersion ?? AZURE_LISTING_VERSION)}`,
    responses: `${root}/responses${query(apiVersion ?? AZURE_RESPONSES_VERSION)}`,
    inference: (deployment, endpoint) =>
      `${root}/deployments/${deploymentSegment(deployment)}/${endpoint}${query(version)}`,
  }
}

function deploymentSegment(deployment: string): string {
  if (deployment === '' || deployment === '.' || /[/\\]|\.\./.test(deployment)) {
    throw new EngineError(
      'invalid_request',
      `'${deployment}' cannot be an Azure deployment: the name must not hold '/', '\\' or '..'.`,
      { param: 'model' },
    )
  }
  return encodeURIComponent(deployment)
}
