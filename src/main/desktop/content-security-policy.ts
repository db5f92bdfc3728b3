/**
 * What the window's pages may load: their own files and nothing from any network. Every byte from elsewhere goes through main.
 * Trusted types are not required yet: the syntax highlighter starts its worker from a plain address.
 * `style-src-attr` allows style attributes, which positioned popups and virtual lists set; style elements stay refused.
 */
const directives = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'style-src-attr': "'unsafe-inline'",
  'img-src': "'self' data: blob:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
} as const

/** The Content-Security-Policy header of every answer of the app protocol. */
export const CONTENT_SECURITY_POLICY = Object.entries(directives)
  .map(([name, sources]) => `${name} ${sources}`)
  .join('; ')
