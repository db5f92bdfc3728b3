import { isEngineError, toEngineError } from '../../../engine/spec/engine-error.ts'
import type { Exchange } from '../../exchange.ts'
import { logError } from '../../respond.ts'
import { setSessionCookie } from '../../session-cookie.ts'
import { originOf } from './sign-in.ts'

/** Carries state, verifier and nonce from the way out to the way back. */
const FLOW_COOKIE = 'oauth_flow'
/** How long somebody may take at the provider, seconds. */
const FLOW_SECONDS = 600

/** GET /oauth/{provider}/login: sends the browser to the provider. */
export async function startOauth(exchange: Exchange): Promise<void> {
  const { params, gateway } = exchange
  const provider = params.provider ?? ''
  try {
    const back = `${ownAddress(exchange)}/oauth/${encodeURIComponent(provider)}/callback`
    const { url, cookie } = await gateway.engine.team.startOauth(provider, back)
    setFlowCookie(exchange, encodeURIComponent(cookie), FLOW_SECONDS)
    redirect(exchange, new URL(url).href)
  } catch (error) {
    failed(exchange, error)
  }
}

/** GET /oauth/{provider}/callback: the browser is back; it gets its session and the window's page. */
export async function finishOauth(exchange: Exchange): Promise<void> {
  const { params, gateway, path, query } = exchange
  setFlowCookie(exchange, '', 0)
  try {
    const current = `${ownAddress(exchange)}${path}?${query}`
    const flow = flowCookie(exchange)
    const { token, expiresAt } = await gateway.engine.team.finishOauth(
      params.provider ?? '',
      current,
      flow,
      originOf(exchange),
    )
    setSessionCookie(exchange, token, expiresAt)
    redirect(exchange, '/')
  } catch (error) {
    failed(exchange, error)
  }
}

/** The page says what happened by the code alone, so that no link can put words into its mouth. */
function failed(exchange: Exchange, thrown: unknown): void {
  if (!isEngineError(thrown)) throw thrown
  const error = toEngineError(thrown)
  logError(exchange, error)
  redirect(exchange, `/?oauth_error=${encodeURIComponent(error.code)}`)
}

/** The address under which the browser reached us; the request guard has checked the host. */
function ownAddress({ req, encrypted }: Exchange): string {
  return `${encrypted ? 'https' : 'http'}://${req.headers.host ?? ''}`
}

function setFlowCookie({ res, encrypted }: Exchange, value: string, seconds: number): void {
  // Lax: it has to come along when the provider's page sends the browser back.
  const flags = `Path=/oauth; Max-Age=${seconds}; HttpOnly; SameSite=Lax${encrypted ? '; Secure' : ''}`
  res.appendHeader('Set-Cookie', `${FLOW_COOKIE}=${value}; ${flags}`)
}

function flowCookie({ req }: Exchange): string {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const [name, value = ''] = pair.trim().split('=', 2)
    if (name !== FLOW_COOKIE) continue
    try {
      return decodeURIComponent(value)
    } catch {
      // Not as we set it: an empty one is refused with words for the person.
      return ''
    }
  }
  return ''
}

function redirect({ res }: Exchange, location: string): void {
  res.writeHead(302, { Location: location, 'Cache-Control': 'no-store', 'Content-Length': 0 })
  res.end()
}
