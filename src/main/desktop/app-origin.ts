/** Scheme and origin of the window's own pages. `file://` is never used: it has no origin of its own. */
export const APP_SCHEME = 'app'
export const APP_ORIGIN = `${APP_SCHEME}://bundle`
export const APP_URL = `${APP_ORIGIN}/`

/**
 * True for an address on our own origin. Parsed, never compared as text: `app://bundle.evil` starts like ours.
 * `URL.origin` is "null" for schemes that Node does not know, so scheme and host are compared themselves.
 */
export function isAppUrl(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && url.protocol === `${APP_SCHEME}:` && url.host === 'bundle' && url.username === ''
}
