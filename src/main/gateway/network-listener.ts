import { EngineError } from '../engine/spec/engine-error.ts'
import type { NetworkListener } from '../engine/spec/sharing.ts'
import { type Door, networkDoor } from './door.ts'
import { createHttpListener, type HttpListener, type Serve } from './http-listener.ts'
import { listenOn } from './listen-address.ts'

/** What answers under way at the network's door get to end when it closes, ms. */
const GOODBYE_MS = 1_000

interface NetworkDoor extends NetworkListener {
  /** As a listener's own, for the gateway's end: it has its time for what is under way. */
  end(): ReturnType<HttpListener['end']>
}

/** The network's door, closed at first. Requests are served as at this machine's own, by other rules of who asks. */
export function createNetworkListener(serve: (door: Door) => Serve, isClosing: () => boolean): NetworkDoor {
  let listener: HttpListener | null = null

  function end(): ReturnType<HttpListener['end']> {
    const open = listener
    listener = null
    return open?.end() ?? { ended: Promise.resolve(), cut: () => {} }
  }

  /**
   * Nobody new comes in from here on. What is under way has its moment, and is not waited for: the request that closes
   * this door may have come by it.
   */
  async function close(): Promise<void> {
    const { ended, cut } = end()
    const cutting = setTimeout(cut, GOODBYE_MS)
    void ended.finally(() => clearTimeout(cutting))
  }

  return {
    end,
    async open({ address, port, tls, hosts }) {
      if (isClosing()) throw new EngineError('shutting_down', 'Switchyard is shutting down.')
      await close()
      const next = createListener(tls, serve(networkDoor(hosts, tls !== null)))
      const bound = await listenOn(next.server, address, port)
      listener = next
      return { port: bound.port }
    },
    close,
  }
}

/** Throws `invalid_request` for a key or certificate that is none. */
function createListener(tls: { key: string; cert: string } | null, serve: Serve): HttpListener {
  try {
    return createHttpListener(tls, serve)
  } catch (error) {
    throw new EngineError('invalid_request', 'The certificate for sharing cannot be used.', { cause: error })
  }
}
