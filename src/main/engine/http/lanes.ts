import { Client } from 'undici'
import { type Dialing, type DialTarget, dial } from './dial.ts'
import { MovingDeadline } from './moving-deadline.ts'

/** One HTTP/1.1 connection that carries one request after the other. */
export interface Lane {
  readonly client: Client
  /** Set while a socket is being opened. */
  dialing: Dialing | null
  /** True if the present request is the first one on its socket. */
  fresh: boolean
  /** The time limit of the present request. */
  readonly deadline: MovingDeadline
}

/**
 * The connections to one server. undici's own Pool hides which socket serves a request, and two promises need to know:
 * a cancelled request frees a socket that is still being opened, and only a reused one may be tried again after a reset.
 */
export interface Lanes {
  /** The lane that became free last, or a new one. */
  take(options: { forceNew: boolean }): Lane
  /** The request on it has ended well. */
  release(lane: Lane): void
  /** Closes it at once. */
  drop(lane: Lane): void
  /** Closes the free ones; those in use close when released. */
  close(): void
  /** Connections open or being opened. */
  size(): number
}

/** Below the 5 s after which Node's and uvicorn's servers close an idle connection. */
const PLAIN_KEEP_ALIVE_MS = 4_000
/** Away, a new TLS handshake costs a round trip or three, and load balancers keep idle connections for 60 s and more. */
const TLS_KEEP_ALIVE_MS = 20_000

export function createLanes(target: DialTarget): Lanes {
  /** Last freed last. */
  const free: Lane[] = []
  const all = new Set<Lane>()
  let isClosed = false

  function open(): Lane {
    const client = new Client(target.server.origin, {
      connect: (_options, callback) => {
        lane.fresh = true
        lane.dialing = dial(target, (error, socket) => {
          lane.dialing = null
          if (socket === null) callback(error ?? new Error('no socket'), null)
          else callback(null, socket)
        })
      },
      allowH2: false,
      pipelining: 1,
      // Each exchange keeps its own time limits.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: target.secure ? TLS_KEEP_ALIVE_MS : PLAIN_KEEP_ALIVE_MS,
      keepAliveMaxTimeout: 60_000,
      keepAliveTimeoutThreshold: 1_000,
      maxHeaderSize: 64 * 1024,
    })
    const lane: Lane = { client, dialing: null, fresh: true, deadline: new MovingDeadline(target.clock) }
    all.add(lane)
    client.on('disconnect', () => {
      const place = free.indexOf(lane)
      if (place === -1) return
      free.splice(place, 1)
      drop(lane)
    })
    return lane
  }

  function drop(lane: Lane): void {
    if (!all.delete(lane)) return
    lane.deadline.cancel()
    lane.client.destroy(() => {})
    lane.dialing?.cancel()
  }

  return {
    take({ forceNew }) {
      const lane = forceNew ? undefined : free.pop()
      if (lane === undefined) return open()
      lane.fresh = false
      return lane
    },
    release(lane) {
      lane.deadline.clear()
      if (isClosed) drop(lane)
      else if (all.has(lane)) free.push(lane)
    },
    drop,
    close() {
      isClosed = true
      for (const lane of free.splice(0)) drop(lane)
    },
    size: () => all.size,
  }
}
