import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { clientConnection } from './client-connection.ts'
import { GatewayResponse } from './gateway-response.ts'

export type Serve = (req: IncomingMessage, res: GatewayResponse, expectsContinue: boolean) => void

/** A server whose responses are ours. */
export type GatewayServer = Server<typeof IncomingMessage, typeof GatewayResponse>

/** A server that is not listening yet; `serve` is called for each request, in the order of its connection. */
export interface HttpListener {
  readonly server: GatewayServer
  /** Takes no more connections; `ended` resolves with the last one's end, also if it never listened. `cut` ends all. */
  end(): { ended: Promise<void>; cut(): void }
}

const OPTIONS = {
  ServerResponse: GatewayResponse,
  // Clients keep connections between turns; Node's 5 s would make nearly every turn open a new one.
  keepAliveTimeout: 65_000,
  headersTimeout: 30_000,
  // Uploads of many gigabytes and long answers have no fixed time; bodies are bounded by progress instead.
  requestTimeout: 0,
  maxHeaderSize: 32 * 1024,
  noDelay: true,
}
/** Strangers on a network may open connections and say nothing, ms. */
const HANDSHAKE_MS = 10_000

/**
 * It is bare node:http because that was the fastest of what we measured: as a pass-through about 1.7 times as fast as
 * a framework on top of it, and over 6 times as fast as anything on fetch and web streams. `tls` is PEM; null: plain HTTP.
 */
export function createHttpListener(tls: { key: string; cert: string } | null, serve: Serve): HttpListener {
  function take(req: IncomingMessage, res: GatewayResponse, expectsContinue: boolean): void {
    const client = clientConnection(req.socket)
    client.underWay.push(res)
    res.client = client
    res.on('close', onClose)
    serve(req, res, expectsContinue)
  }

  function onClose(this: GatewayResponse): void {
    const answers = this.client?.underWay ?? []
    const place = answers.indexOf(this)
    if (place !== -1) answers.splice(place, 1)
    this.watcher?.closed()
  }

  const onRequest = (req: IncomingMessage, res: GatewayResponse): void => take(req, res, false)
  const server =
    tls === null
      ? createServer(OPTIONS, onRequest)
      : createTlsServer({ ...OPTIONS, ...tls, handshakeTimeout: HANDSHAKE_MS }, onRequest)
  server.on('checkContinue', (req, res) => take(req, res, true))
  // There is no listener for upgrades, so that Node answers in HTTP/1.1 as if none was offered: Java's client offers
  // HTTP/2 with every first request.
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answers = [...clientConnection(socket).underWay]
    if (answers.some((res) => res.headersSent && !res.writableEnded)) socket.destroy()
    else if (answers.some((res) => !res.req.complete) || answers.length === 0) refuse(socket, clientErrorStatus(error))
    // Bytes too many behind requests that were whole: those are answered, and nothing after them.
    else for (const res of answers) res.shouldKeepAlive = false
  })

  return {
    server,
    end() {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      // A connection whose answer ends in the meantime is idle then, but was not when idle ones were closed.
      const sweeping = setInterval(() => server.closeIdleConnections(), 50)
      return { ended: ended.finally(() => clearInterval(sweeping)), cut: () => server.closeAllConnections() }
    },
  }
}

/** Answers on the bare socket where there is no request to answer, and closes it. */
function refuse(socket: Duplex, status: string): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  socket.on('error', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}

function clientErrorStatus(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large'
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return '408 Request Timeout'
    default:
      return '400 Bad Request'
  }
}
