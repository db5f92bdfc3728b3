/**
 * What the window's pages may load: their own files and nothing from any network. Every byte from elsewhere goes through main.
 * `style-src-attr` allows style attributes, which positioned popups and virtual lists set; style elements stay refused.
 * Text becomes markup or a script's address nowhere, but for the one policy with which the highlighter starts its worker.
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
  'require-trusted-types-for': "'script'",
  'trusted-types': 'switchyard-highlight',
} as const

/** The Content-Security-Policy header of every answer of the app protocol. */
export const CONTENT_SECURITY_POLICY = Object.entries(directives)
  .map(([name, sources]) => `${name} ${sources}`)
  .join('; ')
