import { EngineError } from '../../spec/engine-error.ts'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Plain HTTP may only go to this machine: what a provider says is believed, so nobody in between may say it. */
export function isSafeAddress(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))
}

/** An issuer, or the address of its discovery document. Throws `invalid_request`. */
export function checkIssuer(text: string): URL {
  const url = URL.parse(text.trim())
  if (url !== null && isSafeAddress(url) && url.username === '' && url.password === '') return url
  throw new EngineError(
    'invalid_request',
    'The issuer must be an address that begins with https://, as the provider names it.',
    { param: 'issuer' },
  )
}
