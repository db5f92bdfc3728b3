import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { stopwatch } from './stopwatch.ts'

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface HttpCall {
  method?: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer
}

/** One plain HTTP exchange over node:http, without the extras that fetch adds. */
export function http(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: HttpCall = {},
): Promise<HttpAnswer> {
  // Without it, node:http sends the body of a DELETE unannounced.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const req = httpRequest(
      { host: '127.0.0.1', port, path, method, headers: { ...length, ...headers }, agent: false },
      (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('error', reject)
        res.on('end', () =>
          resolve({ status: res.statusCode ?? 0, headers: res.headers, body: Buffer.concat(chunks).toString('utf8') }),
        )
      },
    )
    req.on('error', reject)
    req.end(body)
  })
}

/** POST of a JSON value. */
export function post(
  port: number,
  path: string,
  value: unknown,
  headers: HttpCall['headers'] = {},
): Promise<HttpAnswer> {
  const body = JSON.stringify(value)
  return http(port, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers },
    body,
  })
}

/** A bare socket: for bytes that no client library would send, or not read away. */
export interface RawConnection {
  socket: Socket
  /** All that came so far. */
  received(): string
  /** Resolves when `received` holds this text; rejects if the connection ends before. */
  until(text: string): Promise<string>
  /** Resolves when the other side has closed. */
  closed(): Promise<string>
}

export async function rawConnection(port: number, send: string): Promise<RawConnection> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  let over = false
  const listeners = new Set<() => void>()
  const notify = (): void => {
    for (const listener of listeners) listener()
  }
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    notify()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    over = true
    notify()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  socket.write(send)
  const received = (): string => Buffer.concat(chunks).toString('utf8')
  const wait = (done: () => boolean, otherwise: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!done() && !over) return
        listeners.delete(check)
        if (done()) resolve(received())
        else reject(new Error(`${otherwise}; received: ${received()}`))
      }
      listeners.add(check)
      check()
    })
  return {
    socket,
    received,
    until: (text) => wait(() => received().includes(text), `the connection closed before ${JSON.stringify(text)} came`),
    closed: () => wait(() => over, 'unreachable'),
  }
}

/** A POST as raw text, for `rawConnection`. */
export function rawPost(path: string, value: unknown, headers = ''): string {
  const body = JSON.stringify(value)
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** The body of a chunked answer and whether its framing is sound to the last byte. */
export function dechunk(raw: string): { head: string; body: string; complete: boolean } {
  const split = raw.indexOf('\r\n\r\n')
  const head = raw.slice(0, split)
  let rest = Buffer.from(raw.slice(split + 4), 'utf8')
  const parts: Buffer[] = []
  for (;;) {
    const lineEnd = rest.indexOf('\r\n')
    if (lineEnd === -1) return { head, body: Buffer.concat(parts).toString('utf8'), complete: false }
    const size = Number.parseInt(rest.toString('latin1', 0, lineEnd), 16)
    const end = lineEnd + 2 + size
    if (!Number.isFinite(size) || rest.toString('latin1', end, end + 2) !== '\r\n') {
      return { head, body: Buffer.concat(parts).toString('utf8'), complete: false }
    }
    if (size === 0) return { head, body: Buffer.concat(parts).toString('utf8'), complete: rest.length === end + 2 }
    parts.push(rest.subarray(lineEnd + 2, end))
    rest = rest.subarray(end + 2)
  }
}

/** Resolves once the condition holds, with the ms that took; looks again each turn of the loop, and fails after `ms`. */
export async function eventually(condition: () => boolean, ms = 5_000): Promise<number> {
  const passed = stopwatch()
  while (!condition()) {
    if (passed() > ms) throw new Error(`not so after ${ms} ms`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  return passed()
}
