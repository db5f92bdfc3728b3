const OWN_FILES: ReadonlySet<string> = new Set(['', '/user.png', '/favicon.png', '/static/favicon.png'])
const OF_A_PERSON = /^\/api\/v1\/users\/[^/\s?#]+\/profile\/image$/
const INLINE = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]*={0,2}$/i

/**
 * Whether a picture's address may be shown: one of the well-known files, a person's picture, http(s) with a host, or
 * inline pixels (no SVG: it may run scripts).
 */
export function isProfileImage(value: unknown): value is string {
  if (typeof value !== 'string') return false
  return OWN_FILES.has(value) || OF_A_PERSON.test(value) || INLINE.test(value) || isWebAddress(value)
}

function isWebAddress(value: string): boolean {
  if (!/^https?:\/\//i.test(value)) return false
  return (URL.parse(value)?.hostname ?? '') !== ''
}
