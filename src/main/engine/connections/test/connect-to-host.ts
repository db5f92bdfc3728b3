import { connect } from 'node:net'
import type { RemoteProviderKind } from '#shared/connections.ts'
import type { Clock } from '../../spec/clock.ts'
import { toEngineError } from '../../spec/engine-error.ts'
import { fixedLookup, openSocket, type SocketTarget, shown, socketCode } from './open-socket.ts'
import { failedStep, type StepOutcome } from './step-outcome.ts'

interface ConnectOptions {
  provider: RemoteProviderKind
  clock: Clock
  signal: AbortSignal
  limitMs: number
}

/** Opens a TCP connection and closes it again. Nothing is sent. */
export async function connectToHost(target: SocketTarget, options: ConnectOptions): Promise<StepOutcome> {
  const { host, port, addresses } = target
  try {
    const socket = await openSocket(
      () => connect({ host, port, lookup: fixedLookup(addresses) }),
      'connect',
      target,
      options,
    )
    const reached = socket.remoteAddress ?? host
    socket.destroy()
    return { state: 'ok', detail: shown({ ...target, host: reached }) }
  } catch (thrown) {
    return failedStep(thrown, { advice: adviceFor(thrown, options.provider) })
  }
}

function adviceFor(thrown: unknown, provider: RemoteProviderKind): string | null {
  const error = toEngineError(thrown)
  const code = error.cause instanceof Error ? socketCode(error.cause) : ''
  if (code === 'ECONNREFUSED') {
    return provider === 'ollama'
      ? 'Is Ollama running there? On another machine it has to listen on the network: set OLLAMA_HOST=0.0.0.0 there.'
      : 'Is the server running there, and on this port?'
  }
  if (error.code === 'connect_timeout')
    return 'Is the machine switched on, and does its firewall let this port through?'
  return null
}
