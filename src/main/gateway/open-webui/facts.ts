import type { Exchange } from '../exchange.ts'
import { sendJson } from '../respond.ts'

/** GET /api/config: what a client may know before anybody signs in. */
export async function config(exchange: Exchange): Promise<void> {
  sendJson(exchange, 200, {
    status: true,
    name: 'Switchyard',
    version: await exchange.gateway.version(),
    default_locale: '',
    oauth: { providers: {} },
    features: {
      auth: false,
      auth_trusted_header: false,
      enable_signup: false,
      enable_login_form: false,
      enable_api_keys: false,
      enable_websocket: false,
      enable_direct_connections: false,
      enable_image_generation: false,
      enable_code_execution: false,
      enable_web_search: false,
    },
  })
}

/** GET /api/usage: the models that answer somebody right now in this process. */
export function usage(exchange: Exchange): void {
  const busy = exchange.gateway.engine.runtime.files().filter(({ loaded }) => (loaded?.activeRequests ?? 0) > 0)
  sendJson(exchange, 200, { model_ids: busy.map(({ id }) => id), user_count: 1 })
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
