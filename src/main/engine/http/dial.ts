import { createHash } from 'node:crypto'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import type { Clock } from '../spec/clock.ts'
import { EngineError } from '../spec/engine-error.ts'
import { connectError, connectTimeout, fingerprintMismatch } from './connect-error.ts'
import type { ServerIdentity } from './server-identity.ts'

export interface DialTarget {
  server: ServerIdentity
  port: number
  secure: boolean
  /** SHA-256 of the only accepted certificate, 64 lower-case hex digits; null: public authorities decide. */
  fingerprint: string | null
  /** Name resolution, TCP and TLS together, ms. */
  connectMs: number
  clock: Clock
}

/** A connection on its way. */
export interface Dialing {
  /** Gives up and frees the socket; `done` is called with `aborted`. */
  cancel(): void
}

/** How long one address of a host is tried before the next, ms; a host with a dead IPv6 route must not use up the limit. */
const ADDRESS_ATTEMPT_MS = 1_000

/**
 * Opens a socket over which requests may be sent: connected, and with TLS the certificate checked. Calls `done` once,
 * with an EngineError (`upstream_unavailable`, `connect_timeout`, `aborted`) or the socket.
 */
export function dial(target: DialTarget, done: (error: EngineError | null, socket: Socket | null) => void): Dialing {
  const { server, port, secure, connectMs, clock } = target
  const address = {
    host: server.hostname,
    port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
  }
  let socket: Socket
  try {
    socket = secure ? connectTls({ ...address, ...tlsRules(target) }) : connectTcp(address)
  } catch (error) {
    done(connectError(server, error as Error), null)
    return { cancel: () => {} }
  }
  let settled = false
  const settle = (error: EngineError | null): void => {
    if (settled) return
    settled = true
    timer.cancel()
    socket.off(ready, onReady)
    if (error === null) {
      socket.off('error', onError)
      socket.off('close', onClose)
      done(null, socket)
      return
    }
    // The listener stays: a late error of the socket must not become an uncaught one.
    socket.destroy()
    done(error, null)
  }
  const timer = clock.setTimeout(() => settle(connectTimeout(server, connectMs)), connectMs)
  const onReady = (): void => settle(secure ? checkPin(target, socket as TLSSocket) : null)
  const onError = (error: Error): void => settle(connectError(server, error))
  const onClose = (): void => settle(connectError(server, Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
  const ready = secure ? 'secureConnect' : 'connect'
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 60_000)
  socket.once(ready, onReady)
  socket.on('error', onError)
  socket.on('close', onClose)
  return { cancel: () => settle(new EngineError('aborted', 'The request was cancelled.')) }
}

/**
 * With a pinned fingerprint the certificate itself is what is trusted, so who signed it and for which name does not
 * count, and `checkPin` decides before anything is sent. There is no session to resume: a resumed one brings no certificate to check.
 */
function tlsRules({ server, fingerprint }: DialTarget): ConnectionOptions {
  return {
    ALPNProtocols: ['http/1.1'],
    ...(isIP(server.hostname) === 0 ? { servername: server.hostname } : {}),
    // Said in both cases, so that NODE_TLS_REJECT_UNAUTHORIZED cannot relax it.
    rejectUnauthorized: fingerprint === null,
  }
}

function checkPin({ server, fingerprint }: DialTarget, socket: TLSSocket): EngineError | null {
  if (fingerprint === null) {
    if (socket.authorized) return null
    return connectError(server, socket.authorizationError ?? new Error('The certificate was not verified.'))
  }
  // An empty object where the server showed none.
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer }
  const presented = raw === undefined ? 'none' : createHash('sha256').update(raw).digest('hex')
  return presented === fingerprint ? null : fingerprintMismatch(server, fingerprint, presented)
}

/** A fingerprint as hex without separators, lower case. Null if it is none. */
export function plainFingerprint(text: string): string | null {
  const hex = text
    .replace(/^sha-?256[:=\s]*/i, '')
    .replaceAll(/[\s:-]/g, '')
    .toLowerCase()
  return /^[0-9a-f]{64}$/.test(hex) ? hex : null
}
