import type { Exchange } from '../exchange.ts'
import { sendJson } from '../respond.ts'

/** GET /api/config: what a client may know before anybody signs in. */
export async function config(exchange: Exchange): Promise<void> {
  const { team } = exchange.gateway.engine
  const { requireSignIn, signUp, apiKeys } = team.settings()
  const asks = exchange.listener === 'network' || requireSignIn
  const providers = team.oauthProviders().filter(({ enabled }) => enabled)
  sendJson(exchange, 200, {
    status: true,
    name: 'Switchyard',
    version: await exchange.gateway.version(),
    default_locale: '',
    oauth: { providers: Object.fromEntries(providers.map(({ id, name }) => [id, name])) },
    ...(asks && !team.hasAccounts() ? { onboarding: true } : {}),
    features: {
      auth: asks,
      auth_trusted_header: false,
      enable_signup: asks && signUp !== 'closed',
      enable_login_form: asks,
      enable_api_keys: apiKeys,
      enable_websocket: false,
      enable_direct_connections: false,
      enable_image_generation: false,
      enable_code_execution: false,
      enable_web_search: false,
    },
  })
}

/** GET /api/usage: the models that answer somebody right now in this process, of those that the caller may use. */
export function usage(exchange: Exchange): void {
  const { principal, gateway } = exchange
  const { access, runtime, team } = gateway.engine
  const busy = runtime.files().filter(({ loaded }) => (loaded?.activeRequests ?? 0) > 0)
  const visible = busy.filter(({ id }) => access.mayUse(principal, id))
  // The owner at this computer is somebody too, and in no list of accounts.
  const others = team.activePeople().filter(({ id }) => id !== principal.id).length
  sendJson(exchange, 200, { model_ids: visible.map(({ id }) => id), user_count: others + 1 })
}

/** GET /ready: whoever is answered at all is answered by an engine that has started. */
export function ready(exchange: Exchange): void {
  sendJson(exchange, 200, { status: true }, { 'Cache-Control': 'no-store' })
}

/** GET /health/db */
export function databaseHealth(exchange: Exchange): void {
  const works = exchange.gateway.engine.status().storage !== 'failed'
  sendJson(exchange, works ? 200 : 503, { status: works }, { 'Cache-Control': 'no-store' })
}
