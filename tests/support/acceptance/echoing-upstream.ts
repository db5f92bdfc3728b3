import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ANSWER_SHAPES, type AnswerShape } from './hostile-upstream.ts'

export interface EchoingUpstream {
  url: string
  /** Requests that came with every secret. */
  withSecrets(): number
  stop(): Promise<void>
}

/**
 * A server that repeats the secrets that it was sent, in every form and wherever it can: in refusals, headers, redirects,
 * lists, errors within streams and answers. `#401` … `#500`, `#redirect`, `#html`, `#early`, `#late`, `#content` in the
 * question choose where. It has the model `m` for every provider.
 */
export async function startEchoingUpstream(secrets: readonly string[]): Promise<EchoingUpstream> {
  let withSecrets = 0
  const server: Server = createServer((req, res) => {
    const headers = Object.values(req.headers).join(' ')
    const sent = secrets.filter((secret) => headers.includes(secret))
    if (sent.length === secrets.length) withSecrets += 1
    answer(req, res, sent.flatMap(echoes).join(' | ')).catch(() => res.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    withSecrets: () => withSecrets,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The forms in which a server may repeat a secret. */
export function echoes(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    lowerPercent(secret),
    Buffer.from(secret).toString('base64'),
    Buffer.from(`Bearer ${secret}`).toString('base64'),
    Buffer.from(`user:${secret}`).toString('base64url'),
  ]
}

function lowerPercent(secret: string): string {
  return encodeURIComponent(secret).replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
}

/** JSON as servers in other languages write it: they escape other characters than JavaScript does. */
function asServerWrites(json: string, body: string): string {
  if (body.includes('#php')) return json.replaceAll('/', '\\/')
  if (body.includes('#net')) return json.replaceAll('+', '\\u002B').replaceAll('&', '\\u0026')
  return json
}

async function answer(req: IncomingMessage, res: ServerResponse, echo: string): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  const path = (req.url ?? '/').split('?')[0] ?? '/'
  const json = { 'content-type': 'application/json' }
  if (req.method === 'GET') {
    if (path.startsWith('/refusing')) {
      res.writeHead(401, json).end(JSON.stringify({ error: { message: `bad key ${echo}` } }))
    } else res.writeHead(200, { ...json, 'x-request-id': plain(echo) }).end(JSON.stringify(list(path, echo)))
    return
  }
  if (path.endsWith('/api/show')) {
    res.writeHead(200, json).end(JSON.stringify({ license: echo, template: echo, model_info: { note: echo } }))
    return
  }
  if (/\/api\/(pull|push|create)$/.test(path)) {
    res.writeHead(200, { 'content-type': 'application/x-ndjson' })
    res.end(`${JSON.stringify({ status: echo })}\n${JSON.stringify({ error: `file does not exist ${echo}` })}\n`)
    return
  }
  const refusal = /#(4\d\d|5\d\d)/.exec(body)?.[1]
  const message = `Incorrect API key provided: ${echo}`
  if (refusal !== undefined) {
    res.writeHead(Number(refusal), { ...json, 'x-request-id': plain(echo), 'retry-after': '1' })
    res.end(JSON.stringify({ error: { message, type: 'invalid_request_error', param: plain(echo), code: 'bad' } }))
  } else if (body.includes('#text')) res.writeHead(500, { 'content-type': 'text/plain' }).end(message)
  else if (body.includes('#redirect')) {
    res.writeHead(302, { location: `http://192.0.2.1/?key=${encodeURIComponent(plain(echo))}` }).end()
  } else if (body.includes('#html')) {
    res.writeHead(200, { 'content-type': 'text/html' }).end(`<title>${echo}</title><p>${echo}`)
  } else if (body.includes('#odd')) res.writeHead(200, json).end(`{"odd": ${JSON.stringify(echo)}`)
  else await talk(res, shapeOf(path), body, echo)
}

/** A stream (or a whole answer) with the echo in it. */
async function talk(res: ServerResponse, shape: AnswerShape, body: string, echo: string): Promise<void> {
  const asked = JSON.parse(body) as { stream?: boolean }
  if (asked.stream !== true) {
    const whole = body.includes('#content') ? shape.whole(echo) : JSON.stringify({ error: { message: echo } })
    res.writeHead(200, { 'content-type': 'application/json', 'openai-organization': plain(echo) }).end(whole)
    return
  }
  res.writeHead(200, { 'content-type': shape.streamType, 'openai-organization': plain(echo) })
  const said = body.includes('#early')
    ? shape.error(`early ${echo}`)
    : shape.begin + shape.text('Once ') + (body.includes('#content') ? shape.text(echo) + shape.end : shape.error(echo))
  const bytes = Buffer.from(asServerWrites(said, body))
  // In pieces that cut the secrets.
  for (let at = 0; at < bytes.length; at += 37) {
    res.write(bytes.subarray(at, at + 37))
    await new Promise((resolve) => setImmediate(resolve))
  }
  res.end()
}

function shapeOf(path: string): AnswerShape {
  const kind = path.includes('/api/')
    ? 'ollama'
    : path.endsWith('/messages')
      ? 'anthropic'
      : path.endsWith('/responses')
        ? 'responses'
        : 'openai'
  const shape = ANSWER_SHAPES.find((each) => each.kind === kind)
  if (shape === undefined) throw new Error(kind)
  return shape
}

function list(path: string, echo: string): object {
  const details = { family: echo, families: [echo], parameter_size: echo, quantization_level: echo }
  const model = { name: 'm', model: 'm', modified_at: '2026-08-26T21:46:36.3Z', size: 1, digest: 'ab', details }
  if (path.endsWith('/api/tags') || path.endsWith('/api/ps')) return { models: [model] }
  if (path.endsWith('/version')) return { version: `0.13.5 ${echo}` }
  const entry = { id: 'm', object: 'model', type: 'model', owned_by: echo, display_name: `m ${echo}`, root: echo }
  return { object: 'list', data: [entry], has_more: false }
}

/** What a header may hold. */
function plain(echo: string): string {
  return echo.replaceAll(/[^\x20-\x7e]/g, '')
}
