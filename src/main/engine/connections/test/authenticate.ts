import type { ConnectionConfig } from '#shared/connections.ts'
import { EngineError, toEngineError } from '../../spec/engine-error.ts'
import { needsCaller } from '../../spec/needs-caller.ts'
import type { Upstream, UpstreamResponse } from '../../spec/upstream.ts'
import { azureAddress } from '../../wire/parameters/azure-address.ts'
import { addressAdvice } from '../address/address-advice.ts'
import { failedStep, type StepOutcome } from './step-outcome.ts'

/** Asks for the list of models with each key, since every server of every kind has one and asks for a key there. */
export async function authenticate(
  upstream: Upstream,
  keyMasks: readonly string[],
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { config } = upstream
  for (let key = 0; key < Math.max(1, keyMasks.length); key++) {
    const outcome = await tryKey(upstream, key, keyMasks[key] ?? null, signal)
    if (outcome !== null) return outcome
  }
  if (config.auth.type === 'none' || (keyMasks.length === 0 && config.auth.type !== 'microsoft_entra_id')) {
    return { state: 'ok', detail: 'It answers without a key.' }
  }
  if (keyMasks.length === 0) return { state: 'ok', detail: 'The token was accepted.' }
  return { state: 'ok', detail: `Accepted: ${keyMasks.join(', ')}` }
}

/** Null if the key works. */
async function tryKey(
  upstream: Upstream,
  key: number,
  mask: string | null,
  signal: AbortSignal,
): Promise<StepOutcome | null> {
  const { config } = upstream
  let response: UpstreamResponse
  try {
    response = await upstream.request({ method: 'GET', path: modelListPath(config), signal, key })
  } catch (thrown) {
    return failedStep(thrown, { advice: addressAdvice(config.provider, config.baseUrl) })
  }
  const { status, headers } = response
  if (status < 300) {
    response.discard()
    return isWebPage(headers['content-type']) ? webPage(config) : null
  }
  const error = toEngineError(await upstream.httpError(response))
  if (status < 400) return failedStep(error, { advice: redirectAdvice(config, headers.location) })
  // A test has no caller's proof to show.
  if (needsCaller(config) && (status === 401 || status === 403)) {
    return {
      state: 'skipped',
      detail: 'It asks for a proof that comes with the request of whoever is signed in, so only a chat can try it.',
      endsTest: true,
    }
  }
  // A list of models that the person typed needs none of the server's own.
  if ((status === 404 || status === 405) && config.modelIds.length > 0) return null
  return refusal(config, error, status, mask)
}

function refusal(config: ConnectionConfig, error: EngineError, status: number, mask: string | null): StepOutcome {
  const advice = addressAdvice(config.provider, config.baseUrl)
  if (status === 401 || status === 403) {
    const who = mask === null ? '' : `The key ${mask} was refused. `
    const named = new EngineError(error.code, `${who}${error.message}`, {
      cause: error,
      status,
      ...(error.detail === undefined ? {} : { detail: error.detail }),
      ...(error.upstream === undefined ? {} : { upstream: error.upstream }),
    })
    return failedStep(named, { advice: mask === null ? 'Enter a key.' : 'Enter the key again, or take it out.' })
  }
  const isForTls =
    status === 400 && /https? (request )?(was sent )?to (an )?https/i.test(error.upstream?.bodyExcerpt ?? '')
  if (isForTls) return failedStep(error, { advice: `Type ${config.baseUrl.replace(/^http:/, 'https:')}.` })
  return failedStep(error, { advice: advice ?? (status === 404 ? 'Check the path of the address.' : null) })
}

/** Where the server moved to, as an address to type; keys never follow a redirect by themselves. */
function redirectAdvice(config: ConnectionConfig, location: string | undefined): string | null {
  if (location === undefined || !URL.canParse(location, config.baseUrl)) return null
  const target = new URL(location, config.baseUrl)
  const listPath = modelListPath(config).replace(/\?.*$/, '')
  if (!target.pathname.endsWith(listPath)) return 'Type the address that it redirects to, if you trust it.'
  return `Type ${target.origin}${target.pathname.slice(0, -listPath.length)}, if you trust it.`
}

function webPage(config: ConnectionConfig): StepOutcome {
  const error = new EngineError('upstream_error', 'The server answers with a web page where its API should be.')
  const advice = addressAdvice(config.provider, config.baseUrl)
  return failedStep(error, { advice: advice ?? 'Check the address: it may lead to a sign-in page or another service.' })
}

function isWebPage(contentType: string | undefined): boolean {
  return /^\s*text\/html/i.test(contentType ?? '')
}

function modelListPath({ provider, baseUrl, apiVersion }: ConnectionConfig): string {
  const endsWithVersion = /\/v\d+$/.test(new URL(baseUrl).pathname)
  switch (provider) {
    case 'ollama':
      return '/api/tags'
    case 'anthropic':
      return `${endsWithVersion ? '' : '/v1'}/models?limit=1`
    case 'localai':
      return `${endsWithVersion ? '' : '/v1'}/models`
    case 'azure':
      return azureAddress(baseUrl, apiVersion).models
    case 'openai':
      return '/models'
  }
}
