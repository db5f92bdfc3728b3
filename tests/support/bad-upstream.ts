import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { onTestFinished } from 'vitest'

/** One request as it came, and the bare socket to answer on. */
export interface RawRequest {
  /** Request line and headers. */
  head: string
  /** Of a request with Content-Length; empty for a chunked one. */
  body: string
  /** Counted over the whole server, from 0. */
  number: number
  /** Which connection it came on, counted from 0. */
  connection: number
  socket: Socket
  /** Bytes as they are. */
  send(bytes: string | Buffer): void
  /** Status line and headers, with `content` as its whole body. */
  answer(status: number, headers: Record<string, string>, content?: string | Buffer): void
  /** Only status line and headers, for a chunked body. */
  begin(status?: number, headers?: Record<string, string>): void
  /** One piece of a chunked body. */
  chunk(content: string | Buffer): void
  /** The end of a chunked body. */
  finish(): void
  /** Ends the connection as a crash would: with RST. */
  reset(): void
}

export interface BadUpstream {
  port: number
  /** `http(s)://127.0.0.1:<port>` */
  url: string
  requests: RawRequest[]
  /** Connections that are open now. */
  open: ReadonlySet<Socket>
  /** Connections ever made. */
  connections(): number
}

export type Script = (request: RawRequest) => void

/** A certificate of tests/fixtures/tls, by file name without ending. */
export function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8')
}

/**
 * A server that says byte for byte what the script tells it, for answers that no HTTP library would give. Closes when
 * the test ends.
 */
export async function startBadUpstream(script: Script, options: { certificate?: string } = {}): Promise<BadUpstream> {
  const requests: RawRequest[] = []
  const open = new Set<Socket>()
  let connections = 0
  let served = 0
  const onSocket = (socket: Socket): void => {
    const connection = served
    served += 1
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // What hostile scripts provoke is not the test's failure.
    socket.on('error', () => {})
    readRequests(socket, (head, body) => {
      const request = rawRequest(socket, head, body, requests.length, connection)
      requests.push(request)
      script(request)
    })
  }
  const { certificate } = options
  const server: Server =
    certificate === undefined
      ? createServer(onSocket)
      : createTlsServer({ key: fixture('server.key'), cert: fixture(`${certificate}.crt`) }, onSocket)
  server.on('tlsClientError', () => {})
  // With TLS this is earlier than `onSocket`, which comes only where the handshake is finished.
  server.on('connection', () => {
    connections += 1
  })
  const port = await listen(server)
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  })
  return {
    port,
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    open,
    connections: () => connections,
  }
}

/** A TCP server that takes connections and never says a word. */
export async function startSilentServer(): Promise<{ port: number; open: ReadonlySet<Socket> }> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    socket.resume()
  })
  const port = await listen(server)
  onTestFinished(() => {
    for (const socket of open) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  })
  return { port, open }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('no port'))
      else resolve(address.port)
    })
  })
}

function readRequests(socket: Socket, onRequest: (head: string, body: string) => void): void {
  let pending = ''
  socket.on('data', (chunk: Buffer) => {
    pending += chunk.toString('latin1')
    for (;;) {
      const headEnd = pending.indexOf('\r\n\r\n')
      if (headEnd === -1) return
      const head = pending.slice(0, headEnd)
      const rest = pending.slice(headEnd + 4)
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (/^transfer-encoding: *chunked/im.test(head)) {
        if (!rest.endsWith('0\r\n\r\n')) return
        pending = ''
        onRequest(head, '')
        continue
      }
      if (rest.length < length) return
      pending = rest.slice(length)
      onRequest(head, rest.slice(0, length))
    }
  })
}

function rawRequest(socket: Socket, head: string, body: string, number: number, connection: number): RawRequest {
  const write = (bytes: string | Buffer): void => {
    if (!socket.destroyed) socket.write(bytes)
  }
  const headText = (status: number, headers: Record<string, string>): string =>
    `HTTP/1.1 ${status} Scripted\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`
  return {
    head,
    body,
    number,
    connection,
    socket,
    send: write,
    answer(status, headers, content = '') {
      const length = String(Buffer.byteLength(content))
      write(
        Buffer.concat([Buffer.from(headText(status, { ...headers, 'content-length': length })), Buffer.from(content)]),
      )
    },
    begin(status = 200, headers = { 'content-type': 'text/event-stream' }) {
      write(headText(status, { ...headers, 'transfer-encoding': 'chunked' }))
    },
    chunk(content) {
      write(
        Buffer.concat([
          Buffer.from(`${Buffer.byteLength(content).toString(16)}\r\n`),
          Buffer.from(content),
          Buffer.from('\r\n'),
        ]),
      )
    },
    finish: () => write('0\r\n\r\n'),
    reset: () => socket.resetAndDestroy(),
  }
}
