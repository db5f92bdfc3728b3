import { EngineError } from '../spec/engine-error.ts'
import { named, type ServerIdentity } from './server-identity.ts'

/**
 * A redirect is never followed: it would take keys and prompts to a host that nobody entered. Tells which host it points
 * to and which address to type if that one is right.
 */
export function redirectError(
  server: ServerIdentity,
  { status, location, baseUrl, path }: { status: number; location: string | undefined; baseUrl: string; path: string },
): EngineError {
  const options = { upstream: { provider: server.provider, status } }
  const target = location === undefined ? null : URL.parse(location, baseUrl)
  if (target === null || !/^https?:$/.test(target.protocol)) {
    return new EngineError(
      'upstream_error',
      `${named(server)} answered with a redirect (${status}) to nowhere.`,
      options,
    )
  }
  const basePath = new URL(baseUrl).pathname.replace(/\/+$/, '')
  const asked = path.split('?')[0] ?? path
  const own = asked.startsWith(basePath) ? asked.slice(basePath.length) : asked
  const moved = target.pathname.endsWith(own) ? target.pathname.slice(0, -own.length) : basePath
  const advice = `${target.origin}${moved.replace(/\/+$/, '')}`
  const where = target.host === new URL(baseUrl).host ? `another address of ${target.host}` : `the host ${target.host}`
  const type = advice === baseUrl.replace(/\/+$/, '') ? '' : ` If that is the right one, type ${advice}.`
  return new EngineError(
    'upstream_error',
    `${named(server)} redirects to ${where}. Redirects are not followed, so that no key goes astray.${type}`,
    options,
  )
}
