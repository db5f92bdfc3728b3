import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  discovery,
  None,
} from 'openid-client'
import type { Clock } from '../../spec/clock.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { checkIssuer, isSafeAddress } from './issuer.ts'
import { toOauthError } from './oauth-errors.ts'
import type { OpenProvider } from './providers.ts'

const TIMEOUT_S = 15
const REMEMBERED_MS = 3_600_000

/** What a provider says about itself. Throws `upstream_unavailable`, `auth_failed`. */
export type Discover = (provider: OpenProvider) => Promise<Configuration>

/** Asks each provider once an hour, and again when its settings change. */
export function createDiscover(clock: Clock): Discover {
  const known = new Map<string, { settings: string; configuration: Configuration; until: number }>()
  return async (provider) => {
    const settings = JSON.stringify([provider.issuer, provider.clientId, provider.clientSecret])
    const found = known.get(provider.id)
    if (found !== undefined && found.settings === settings && found.until > clock.monotonic()) {
      return found.configuration
    }
    const configuration = await discover(provider)
    known.set(provider.id, { settings, configuration, until: clock.monotonic() + REMEMBERED_MS })
    return configuration
  }
}

async function discover({ issuer, clientId, clientSecret, name }: OpenProvider): Promise<Configuration> {
  const server = checkIssuer(issuer)
  const isPlain = server.protocol === 'http:'
  let configuration: Configuration
  try {
    configuration = await discovery(server, clientId, undefined, clientAuth(clientSecret), {
      timeout: TIMEOUT_S,
      ...(isPlain ? { execute: [allowInsecureRequests] } : {}),
    })
  } catch (error) {
    throw toOauthError(error, name)
  }
  const { authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri } = configuration.serverMetadata()
  for (const address of [authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri]) {
    const url = address === undefined ? null : URL.parse(address)
    if (address !== undefined && (url === null || !isSafeAddress(url))) {
      throw new EngineError('auth_failed', `${name} names an address that is not encrypted, so it is not used.`, {
        param: 'oauth',
      })
    }
  }
  return configuration
}

/** As the provider takes it; where it does not say, Basic, which every provider has to know. */
function clientAuth(secret: string | null): ClientAuth {
  if (secret === null) return None()
  const basic = ClientSecretBasic(secret)
  const post = ClientSecretPost(secret)
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const auth = methods.includes('client_secret_basic') ? basic : post
    return auth(server, client, body, headers)
  }
}
