import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, type FakeEngine, saysText } from '../../support/fake-engine.ts'
import { dechunk, rawConnection, rawPost } from '../../support/http-client.ts'

let engine: FakeEngine
let gateway: Gateway
let port: number

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({ engine, host: '127.0.0.1', port: 0, rendererFolder: null })
  port = (await gateway.listen()).port
})
afterEach(() => gateway.close())

async function exchange(path: string, body: object): Promise<{ head: string; body: string; complete: boolean }> {
  const raw = await rawConnection(port, rawPost(path, body, 'Connection: close\r\n'))
  return dechunk(await raw.closed())
}

test('an SSE answer, byte for byte', async () => {
  const { head, body, complete } = await exchange('/v1/chat/completions', {
    model: 'demo',
    messages: [{ role: 'user', content: 'x' }],
    stream: true,
  })
  expect(complete).toBe(true)
  const [, id] = /"id":"(chatcmpl-[0-9a-f]{32})"/.exec(body) ?? []
  const [, created] = /"created":(\d+)/.exec(body) ?? []
  const chunk = (delta: string, finish: string): string =>
    `data: {"id":"${id}","object":"chat.completion.chunk","created":${created},"model":"demo","system_fingerprint":null,` +
    `"choices":[{"index":0,"delta":{${delta}},"logprobs":null,"finish_reason":${finish}}]}\n\n`
  expect(body).toBe(
    chunk('"role":"assistant","content":"","refusal":null', 'null') +
      chunk('"content":"Hello"', 'null') +
      chunk('"content":" there"', 'null') +
      chunk('', '"stop"') +
      'data: [DONE]\n\n',
  )
  const headers = head.toLowerCase().split('\r\n')
  expect(headers[0]).toBe('http/1.1 200 ok')
  expect(headers).toContain('content-type: text/event-stream; charset=utf-8')
  expect(headers).toContain('cache-control: no-cache')
  expect(headers).toContain('x-request-id: route-1')
  expect(headers.filter((line) => line.startsWith('x-request-id'))).toHaveLength(1)
})

test('an NDJSON answer, byte for byte', async () => {
  const { body, complete } = await exchange('/api/generate', { model: 'demo', prompt: 'x' })
  expect(complete).toBe(true)
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z`
  expect(body).toMatch(
    new RegExp(
      `^\\{"model":"demo","created_at":"${time}","response":"Hello","done":false\\}\n` +
        `\\{"model":"demo","created_at":"${time}","response":" there","done":false\\}\n` +
        `\\{"model":"demo","created_at":"${time}","response":"","done":true,"done_reason":"stop","total_duration":\\d+,` +
        '"load_duration":2000000,"prompt_eval_count":7,"prompt_eval_duration":3000000,"eval_count":2,"eval_duration":4000000\\}\n$',
    ),
  )
})

test('many answers at once are each framed soundly', async () => {
  const texts = Array.from({ length: 200 }, (_none, index) => `${index} é漢👍 `)
  engine.script = async function* (call) {
    for await (const part of saysText(...texts)(call)) {
      yield part
      if (Math.random() < 0.3) await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const answers = await Promise.all(
    Array.from({ length: 40 }, () =>
      exchange('/api/chat', { model: 'demo', messages: [{ role: 'user', content: 'x' }] }),
    ),
  )
  for (const { body, complete } of answers) {
    expect(complete).toBe(true)
    const lines = body.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).message.content).join('')).toBe(texts.join(''))
  }
})

test('an error after the first content ends the chunks properly, without [DONE]', async () => {
  engine.script = async function* () {
    yield { type: 'text-delta', text: 'partial' }
    throw new Error('boom')
  }
  const { body, complete } = await exchange('/v1/chat/completions', {
    model: 'demo',
    messages: [{ role: 'user', content: 'x' }],
    stream: true,
  })
  expect(complete).toBe(true)
  expect(body).toMatch(
    /data: \{"error":\{"message":"[^"]+","type":"server_error","param":null,"code":"internal"\}\}\n\n$/,
  )
  expect(body).not.toContain('[DONE]')
})

test('pings while the model is loading', async () => {
  await gateway.close()
  gateway = createGateway({
    engine,
    host: '127.0.0.1',
    port: 0,
    rendererFolder: null,
    timing: { commitAfterMs: 10, keepAliveMs: 10 },
  })
  port = (await gateway.listen()).port
  let go = (): void => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  engine.script = async function* (call) {
    yield { type: 'progress', phase: 'loading', value: 0 }
    await gate
    yield* saysText('late')(call)
  }
  const raw = await rawConnection(
    port,
    rawPost(
      '/v1/chat/completions',
      { model: 'demo', messages: [{ role: 'user', content: 'x' }], stream: true },
      'Connection: close\r\n',
    ),
  )
  await raw.until(': ping\n\n')
  go()
  const { body, complete } = dechunk(await raw.closed())
  expect(complete).toBe(true)
  expect(body).toMatch(/^(: ping\n\n)+data: \{/)
  expect(body.slice(body.indexOf('data:'))).not.toContain(': ping')
})
