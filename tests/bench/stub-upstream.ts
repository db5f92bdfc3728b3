import { createServer, type ServerResponse } from 'node:http'
import { mixedMarkdown } from './mixed-markdown.ts'

// A model server without a model, so that what is measured is ours. It speaks OpenAI, Ollama and Anthropic.
// `instant` answers whole, or in 64 chunks (8 a write); `steady` sends a chunk every 20 ms; `paced` sends one token
// (4 characters of a long mixed text) every 5 ms until 40,000 characters are out. Prints where it is.

const CHUNKS = 64
const CHUNKS_PER_WRITE = 8
const STEADY_MS = 20
const PACED_TOKENS_PER_SECOND = 200
const TEXT = 'The answer has a few plain words in it. '
const WHOLE_TEXT = TEXT.repeat(20)
const LONG_TEXT = mixedMarkdown(40_000)

type Dialect = 'openai' | 'ollama' | 'anthropic'

interface Shape {
  type: string
  whole: string
  first: string
  chunk(text: string): string
  last: string
}

const SHAPES: Record<Dialect, Shape> = {
  openai: {
    type: 'text/event-stream',
    whole: JSON.stringify({
      id: 'chatcmpl-stub',
      object: 'chat.completion',
      created: 1,
      model: 'instant',
      choices: [{ index: 0, message: { role: 'assistant', content: WHOLE_TEXT }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 10, completion_tokens: 160, total_tokens: 170 },
    }),
    first: '',
    chunk: (text) =>
      `data: ${JSON.stringify({ id: 'chatcmpl-stub', object: 'chat.completion.chunk', created: 1, model: 'instant', choices: [{ index: 0, delta: { content: text }, finish_reason: null }] })}\n\n`,
    last:
      'data: {"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1,"model":"instant","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n' +
      'data: {"id":"chatcmpl-stub","object":"chat.completion.chunk","created":1,"model":"instant","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":64,"total_tokens":74}}\n\n' +
      'data: [DONE]\n\n',
  },
  ollama: {
    type: 'application/x-ndjson',
    whole: `${JSON.stringify({ model: 'instant', created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content: WHOLE_TEXT }, done: true, done_reason: 'stop', total_duration: 1, load_duration: 1, prompt_eval_count: 10, prompt_eval_duration: 1, eval_count: 160, eval_duration: 1 })}\n`,
    first: '',
    chunk: (text) =>
      `${JSON.stringify({ model: 'instant', created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content: text }, done: false })}\n`,
    last: `${JSON.stringify({ model: 'instant', created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', total_duration: 1, load_duration: 1, prompt_eval_count: 10, prompt_eval_duration: 1, eval_count: 64, eval_duration: 1 })}\n`,
  },
  anthropic: {
    type: 'text/event-stream',
    whole: JSON.stringify({
      id: 'msg_stub',
      type: 'message',
      role: 'assistant',
      model: 'instant',
      content: [{ type: 'text', text: WHOLE_TEXT }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 160 },
    }),
    first:
      'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_stub","type":"message","role":"assistant","model":"instant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":1}}}\n\n' +
      'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    chunk: (text) =>
      `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })}\n\n`,
    last:
      'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n' +
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":64}}\n\n' +
      'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  },
}
const WRITES = Object.fromEntries(
  Object.entries(SHAPES).map(([dialect, shape]) => [dialect, Buffer.from(shape.chunk(TEXT).repeat(CHUNKS_PER_WRITE))]),
) as Record<Dialect, Buffer>

const MODELS = ['instant', 'steady', 'paced']
const LISTS: Record<string, object> = {
  '/v1/models': {
    object: 'list',
    data: MODELS.map((id) => ({
      id,
      type: 'model',
      object: 'model',
      created: 1,
      owned_by: 'stub',
      display_name: id,
      created_at: '2026-01-01T00:00:00Z',
    })),
    has_more: false,
  },
  '/api/tags': {
    models: MODELS.map((name) => ({
      name,
      model: name,
      modified_at: '2026-01-01T00:00:00Z',
      size: 1,
      digest: name.padEnd(64, '0'),
      details: { family: 'stub', parameter_size: '1B', quantization_level: 'Q8_0' },
    })),
  },
  '/api/ps': { models: [] },
  '/api/version': { version: '0.13.5' },
}

function send(response: ServerResponse, dialect: Dialect, model: string, stream: boolean): void {
  const shape = SHAPES[dialect]
  if (!stream) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(shape.whole) })
    response.end(shape.whole)
    return
  }
  response.writeHead(200, { 'content-type': shape.type })
  if (shape.first !== '') response.write(shape.first)
  if (model === 'paced') sendPaced(response, shape)
  else if (model === 'steady') sendSteady(response, shape)
  else sendInstant(response, shape, WRITES[dialect])
}

function sendInstant(response: ServerResponse, shape: Shape, piece: Buffer): void {
  let sent = 0
  const more = (): void => {
    if (sent === CHUNKS) {
      response.end(shape.last)
      return
    }
    sent += CHUNKS_PER_WRITE
    response.write(piece)
    setImmediate(more)
  }
  more()
}

/** Chunks carry the time at which they were sent: the clock is the same in every process of a machine. */
function sendSteady(response: ServerResponse, shape: Shape): void {
  let left = CHUNKS
  const stamped = (): string => shape.chunk(`@${process.hrtime.bigint()} a few words`)
  response.write(stamped())
  const timer = setInterval(() => {
    left -= 1
    if (left > 0) {
      response.write(stamped())
      return
    }
    clearInterval(timer)
    response.end(shape.last)
  }, STEADY_MS)
  response.once('close', () => clearInterval(timer))
}

function sendPaced(response: ServerResponse, shape: Shape): void {
  const startedAt = performance.now()
  const tokens = Math.ceil(LONG_TEXT.length / 4)
  let sent = 0
  const timer = setInterval(() => {
    // By the clock, not by counting timers: a late timer must not slow the stream down.
    const due = Math.min(tokens, Math.floor(((performance.now() - startedAt) / 1000) * PACED_TOKENS_PER_SECOND))
    while (sent < due) {
      response.write(shape.chunk(LONG_TEXT.slice(sent * 4, sent * 4 + 4)))
      sent += 1
    }
    if (sent < tokens) return
    clearInterval(timer)
    response.end(shape.last)
  }, 5)
  response.once('close', () => clearInterval(timer))
}

function dialectOf(path: string): Dialect | null {
  if (path === '/v1/chat/completions') return 'openai'
  if (path === '/api/chat') return 'ollama'
  return path === '/v1/messages' ? 'anthropic' : null
}

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    const list = LISTS[path]
    if (list !== undefined) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(list))
      return
    }
    const dialect = dialectOf(path)
    if (dialect === null) {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end('{"error":"not here"}')
      return
    }
    const body = Buffer.concat(chunks)
    const model = /"model"\s*:\s*"([a-z]+)"/.exec(body.toString('latin1'))?.[1] ?? 'instant'
    const isOllamaStream = dialect === 'ollama' && !body.includes('"stream":false')
    send(response, dialect, model, isOllamaStream || body.includes('"stream":true'))
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') console.log(`ready at http://127.0.0.1:${address.port}`)
})
// Ends with whoever started it.
process.stdin.resume().on('end', () => process.exit(0))
