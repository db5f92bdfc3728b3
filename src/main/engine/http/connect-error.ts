import { EngineError } from '../spec/engine-error.ts'
import { inSeconds, named, type ServerIdentity } from './server-identity.ts'

/** What OpenSSL and Node call certificates that no public authority vouches for. */
const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
])

const NO_ROUTE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL'])

const PIN_ADVICE =
  "If you trust it, enter the certificate's fingerprint in the connection; testing the connection shows it."

/** Why no connection came about, in words. `detail` keeps the system's own code and text. */
export function connectError(server: ServerIdentity, error: Error): EngineError {
  const cause = firstReason(error)
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  const fail = (message: string): EngineError =>
    new EngineError('upstream_unavailable', message, {
      cause: error,
      detail: cause.message.includes(code) ? cause.message : `${code}: ${cause.message}`,
      upstream: { provider: server.provider },
    })
  const who = named(server)
  const secure = server.origin.startsWith('https:')

  if (code === 'ECONNREFUSED') return fail(`${who} refused the connection. Check that the server runs and its port.`)
  if (code === 'ENOTFOUND') {
    return fail(`${server.title}: there is no host named ${server.hostname}. Check how it is spelt.`)
  }
  if (code === 'EAI_AGAIN') {
    return fail(`${server.title}: the name ${server.hostname} could not be looked up now. Check the network.`)
  }
  if (NO_ROUTE.has(code)) return fail(`${who} cannot be reached from this machine. Check the address and the network.`)
  if (code === 'ETIMEDOUT') return fail(`${who} did not accept the connection. Check the address and the port.`)
  if (secure && speaksNoTls(code, cause.message)) {
    return fail(`${who} does not speak TLS at this port. Type ${server.origin.replace('https:', 'http:')}.`)
  }
  if (UNKNOWN_AUTHORITY.has(code)) {
    return fail(`${who} has a certificate of its own that no public authority vouches for. ${PIN_ADVICE}`)
  }
  if (code === 'CERT_HAS_EXPIRED') return fail(`${who} has a certificate that has expired. ${PIN_ADVICE}`)
  if (code === 'CERT_NOT_YET_VALID') {
    return fail(`${who} has a certificate that is not valid yet. Check this machine's clock. ${PIN_ADVICE}`)
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return fail(`${who} has a certificate for another name than ${server.hostname}. ${PIN_ADVICE}`)
  }
  if (code.startsWith('CERT_')) return fail(`${who} has a certificate that cannot be trusted. ${PIN_ADVICE}`)
  if (secure && (code === 'ECONNRESET' || code === 'EPIPE')) {
    return fail(`${who} closed the connection before TLS was set up. If it speaks plain HTTP, type http:// instead.`)
  }
  if (/^(EPROTO|ERR_SSL_|ERR_TLS_)/.test(code)) return fail(`${who}: no secure connection could be set up.`)
  return fail(`${who} cannot be reached.`)
}

/** Name resolution, TCP and TLS together took too long. */
export function connectTimeout(server: ServerIdentity, ms: number): EngineError {
  return new EngineError(
    'connect_timeout',
    `${named(server)} could not be connected to within ${inSeconds(ms)}. Check the address, or that the machine is on.`,
    { upstream: { provider: server.provider } },
  )
}

/** The certificate is not the pinned one. Nothing was sent. */
export function fingerprintMismatch(server: ServerIdentity, expected: string, presented: string): EngineError {
  return new EngineError(
    'upstream_unavailable',
    `${named(server)} shows another certificate than the one that is pinned in the connection, so nothing was sent. ` +
      'If the server got a new certificate, enter its fingerprint.',
    {
      detail: `pinned SHA-256 ${expected}, presented ${presented}`,
      upstream: { provider: server.provider },
      retryable: false,
    },
  )
}

/** A host with several addresses fails with one error per address; the first one that says something is told. */
function firstReason(error: Error): Error {
  if (!(error instanceof AggregateError)) return error
  const reasons = error.errors.filter((reason): reason is Error => reason instanceof Error)
  return reasons.find((reason) => !NO_ROUTE.has((reason as NodeJS.ErrnoException).code ?? '')) ?? reasons[0] ?? error
}

function speaksNoTls(code: string, message: string): boolean {
  return (
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|RECORD_OVERFLOW/.test(code) ||
    (code === 'EPROTO' && /wrong version number|packet length too long|http request/i.test(message))
  )
}
