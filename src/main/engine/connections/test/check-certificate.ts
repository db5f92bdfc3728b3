import { isIP } from 'node:net'
import { type ConnectionOptions, connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { Clock } from '../../spec/clock.ts'
import { EngineError, toEngineError } from '../../spec/engine-error.ts'
import { fixedLookup, openSocket, type SocketTarget, shown } from './open-socket.ts'
import { failedStep, type StepOutcome } from './step-outcome.ts'

interface CheckOptions {
  /** Hex without colons; null trusts public authorities. */
  pinned: string | null
  clock: Clock
  signal: AbortSignal
  limitMs: number
}

/**
 * Shakes hands to see the certificate, and closes again. Nothing is sent, so that looking at a certificate that is not
 * trusted gives nothing away; requests themselves go through the upstream, which trusts nothing that fails here.
 */
export async function checkCertificate(target: SocketTarget, options: CheckOptions): Promise<StepOutcome> {
  const { host, port, addresses } = target
  const settings: ConnectionOptions = {
    host,
    port,
    lookup: fixedLookup(addresses),
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
  }
  let socket: TLSSocket
  try {
    socket = await openSocket(() => connect(settings), 'secureConnect', target, options)
  } catch (thrown) {
    return handshakeFailed(thrown, target)
  }
  const certificate = socket.getPeerCertificate()
  // Typed as an error, but a code in practice.
  const reason: unknown = socket.authorized ? null : socket.authorizationError
  socket.destroy()
  return judge(certificate, reason, options.pinned, target)
}

function judge(
  certificate: PeerCertificate,
  reason: unknown,
  pinned: string | null,
  target: SocketTarget,
): StepOutcome {
  const fingerprint = certificate.fingerprint256
  const found = describe(certificate)
  if (pinned !== null) {
    if (fingerprint.replaceAll(':', '').toLowerCase() === pinned) {
      return { state: 'ok', detail: `${found}. Pinned: it is the certificate that you trust.`, fingerprint }
    }
    const error = new EngineError(
      'upstream_unavailable',
      `${shown(target)} shows another certificate than the pinned one.`,
    )
    return failedStep(error, {
      detail: found,
      fingerprint,
      advice: 'Ask whoever runs the server whether its certificate was renewed. If so, pin the new fingerprint.',
    })
  }
  if (reason === null || reason === undefined) return { state: 'ok', detail: found, fingerprint }
  const code = reason instanceof Error ? ((reason as NodeJS.ErrnoException).code ?? reason.message) : String(reason)
  const error = new EngineError('upstream_unavailable', `The certificate of ${shown(target)} ${complaint(code)}.`, {
    detail: code,
  })
  return failedStep(error, {
    detail: `${found}. ${code}`,
    fingerprint,
    advice:
      'If this is your own server, compare the fingerprint with the one shown there, then pin it for this connection.',
  })
}

function complaint(code: string): string {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'is self-signed: no public authority vouches for it'
    case 'CERT_HAS_EXPIRED':
      return 'has expired'
    case 'CERT_NOT_YET_VALID':
      return 'is not valid yet; is the clock of this machine right?'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'was issued for another name'
    default:
      return 'is not vouched for by an authority that this machine knows'
  }
}

function describe({ subject, issuer, valid_to: validTo, fingerprint256 }: PeerCertificate): string {
  return `${nameIn(subject)}, issued by ${nameIn(issuer)}, valid until ${validTo}, SHA-256 ${fingerprint256}`
}

function nameIn(name: PeerCertificate['subject'] | undefined): string {
  const text = name?.CN ?? name?.O ?? 'nobody named'
  return Array.isArray(text) ? text.join(' ') : text
}

function handshakeFailed(thrown: unknown, target: SocketTarget): StepOutcome {
  const error = toEngineError(thrown)
  const detail = error.detail ?? ''
  const speaksPlain = /WRONG_VERSION_NUMBER|packet length too long|wrong version number/i.test(detail)
  if (!speaksPlain) return failedStep(thrown)
  const plain = new EngineError('upstream_unavailable', `${shown(target)} does not speak TLS.`, {
    cause: thrown,
    detail,
  })
  return failedStep(plain, {
    advice: `Type http://${shown(target)} if the server is meant to be reached without encryption.`,
  })
}
