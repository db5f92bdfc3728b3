import { isIP, type LookupFunction, type Socket } from 'node:net'
import type { Clock } from '../../spec/clock.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { cancelledTest } from './step-outcome.ts'

/** Where a socket goes: a host whose addresses are known already. */
export interface SocketTarget {
  host: string
  addresses: readonly string[]
  port: number
}

interface OpenSocketOptions {
  clock: Clock
  signal: AbortSignal
  limitMs: number
}

/**
 * Waits until `event` says that a socket is ready. The socket is destroyed on failure, on the time limit and on the
 * signal; after success it is the caller's. Rejects with EngineError: `connect_timeout`, `aborted`, `upstream_unavailable`.
 */
export function openSocket<Opened extends Socket>(
  connect: () => Opened,
  event: 'connect' | 'secureConnect',
  target: SocketTarget,
  { clock, signal, limitMs }: OpenSocketOptions,
): Promise<Opened> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelledTest())
      return
    }
    const socket = connect()
    const fail = (error: EngineError): void => {
      settle()
      socket.destroy()
      reject(error)
    }
    const settle = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', cancel)
      socket.off('error', broken)
      // A socket that breaks after this has nothing to tell anyone.
      socket.on('error', () => undefined)
    }
    const cancel = (): void => fail(cancelledTest())
    const broken = (error: Error): void => fail(unavailable(error, target))
    const timer = clock.setTimeout(() => {
      fail(new EngineError('connect_timeout', `${shown(target)} did not answer within ${limitMs} ms.`))
    }, limitMs)
    signal.addEventListener('abort', cancel, { once: true })
    socket.on('error', broken)
    socket.once(event, () => {
      settle()
      resolve(socket)
    })
  })
}

/** `host:port` for messages. */
export function shown({ host, port }: SocketTarget): string {
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`
}

/** A resolver that gives what the test has resolved before, so that all steps go to the same addresses. */
export function fixedLookup(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_host, options, done) => {
    const [first] = all
    if (options.all === true) done(null, all)
    else if (first !== undefined) done(null, first.address, first.family)
  }
}

function unavailable(error: Error, target: SocketTarget): EngineError {
  const code = socketCode(error)
  const message = REASONS[code] ?? 'could not be reached'
  return new EngineError('upstream_unavailable', `${shown(target)} ${message}.`, {
    cause: error,
    detail: code === '' ? error.message : `${code}: ${error.message}`,
  })
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: 'refuses the connection: nothing listens there',
  ECONNRESET: 'closed the connection at once',
  EHOSTUNREACH: 'cannot be reached: there is no way to that machine',
  ENETUNREACH: 'cannot be reached: this machine has no way to that network',
  ETIMEDOUT: 'did not answer',
}

/** The system's code of a socket error; of several tries (one per address) that of the first. */
export function socketCode(error: Error): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : []
  const source: unknown = first ?? error
  const code = source instanceof Error && 'code' in source ? source.code : undefined
  return typeof code === 'string' ? code : ''
}
