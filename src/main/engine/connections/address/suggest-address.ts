import type { RemoteProviderKind } from '#shared/connections.ts'
import { isLiteralAddress, placeOfLiteral } from '../place/place-of-address.ts'

/** Where each kind of server listens if nobody says otherwise, and where its API begins. */
const USUAL: Record<RemoteProviderKind, { port: string | null; path: string }> = {
  ollama: { port: '11434', path: '' },
  localai: { port: '8080', path: '' },
  openai: { port: null, path: '/v1' },
  azure: { port: null, path: '' },
  anthropic: { port: null, path: '' },
}

/** The address that somebody meant who left out `http://`; null if the text leads nowhere. Names no user and no password. */
export function suggestAddress(provider: RemoteProviderKind, typed: string): string | null {
  let text = typed.replace(/^\/+/, '')
  // A bare IPv6 address needs brackets before it can carry a port.
  if (isLiteralAddress(text) && text.includes(':')) text = `[${text}]`
  if (text === '' || /[\s@]/.test(text) || !URL.canParse(`http://${text}`)) return null
  const url = new URL(`http://${text}`)
  const isOwn = isOnOwnNetwork(url.hostname)
  if (!isOwn && (url.port === '' || url.port === '443')) url.protocol = 'https:'
  const { port, path } = USUAL[provider]
  if (isOwn && url.port === '' && port !== null) url.port = port
  const typedPath = url.pathname.replace(/\/+$/, '')
  return `${url.origin}${typedPath === '' ? path : typedPath}`
}

/** True for what is hardly ever served with a certificate: literal private addresses and names without a public suffix. */
function isOnOwnNetwork(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isLiteralAddress(host)) return placeOfLiteral(host, []) !== 'away'
  return !host.includes('.') || /\.(local|lan|internal|localhost|home\.arpa)$/.test(host)
}
