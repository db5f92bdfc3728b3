import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { createGateway, type Gateway } from '../../../src/main/gateway/index.ts'
import { createFakeEngine, FAKE_USAGE, type FakeEngine, fakeModel, says, saysText } from '../../support/fake-engine.ts'
import { http, post } from '../../support/http-client.ts'

let engine: FakeEngine
let gateway: Gateway
let port: number
let client: OpenAI

beforeEach(async () => {
  engine = createFakeEngine()
  gateway = createGateway({
    engine,
    host: '127.0.0.1',
    port: 0,
    rendererFolder: null,
    timing: { commitAfterMs: 50, keepAliveMs: 20 },
  })
  port = (await gateway.listen()).port
  client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'unused', maxRetries: 0 })
})
afterEach(() => gateway.close())

const ASK = { model: 'demo', messages: [{ role: 'user' as const, content: 'Hi' }] }
const CALLS: StreamPart[] = [
  { type: 'tool-call-delta', index: 0, id: 'call_a', name: 'weather', argumentsDelta: '{"city"' },
  { type: 'tool-call-delta', index: 0, argumentsDelta: ':"Ulm"}' },
  FAKE_USAGE,
  { type: 'finish', reason: 'tool-calls' },
]

describe('the official client', () => {
  test('lists models that can answer, and finds one by an id with slashes', async () => {
    engine.models.push(fakeModel('org/deep/model'), fakeModel('broken', { state: 'unavailable' }))
    const listed = await client.models.list()
    expect(listed.data.map((model) => model.id)).toEqual(['demo', 'embedder', 'org/deep/model'])
    expect(await client.models.retrieve('org/deep/model')).toMatchObject({
      id: 'org/deep/model',
      object: 'model',
      owned_by: 'llama',
    })
    expect((await http(port, '/v1/models/org/deep/model')).status).toBe(200)
    await expect(client.models.retrieve('nobody')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
  })

  test('gets a whole chat', async () => {
    const { data, response } = await client.chat.completions.create(ASK).withResponse()
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: 'demo',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9, prompt_tokens_details: { cached_tokens: 3 } },
    })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-request-id': 'route-1',
      'x-switchyard-place': 'here',
      'x-switchyard-connection': 'here',
      'x-switchyard-model': 'demo',
    })
    expect(engine.calls[0]).toMatchObject({ kind: 'chat', caller: { principal: { kind: 'owner' }, via: 'openai' } })
  })

  test('gets a streamed chat', async () => {
    const stream = await client.chat.completions.create({
      ...ASK,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    const ids = new Set<string>()
    const finishes: unknown[] = []
    let usage: unknown
    for await (const chunk of stream) {
      ids.add(chunk.id)
      text += chunk.choices[0]?.delta.content ?? ''
      if (chunk.choices[0]?.finish_reason) finishes.push(chunk.choices[0].finish_reason)
      if (chunk.usage) usage = chunk.usage
    }
    expect({ text, ids: ids.size, finishes }).toEqual({ text: 'Hello there', ids: 1, finishes: ['stop'] })
    expect(usage).toMatchObject({
      prompt_tokens: 7,
      completion_tokens: 2,
      completion_tokens_details: { reasoning_tokens: 1 },
    })
  })

  test('gets tool calls, whole and put together from a stream', async () => {
    engine.script = says(...CALLS)
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } }]
    const expected = { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Ulm"}' } }
    const whole = await client.chat.completions.create({ ...ASK, tools })
    expect(whole.choices[0]).toMatchObject({
      message: { content: null, tool_calls: [expected] },
      finish_reason: 'tool_calls',
    })
    const streamed = await client.chat.completions.stream({ ...ASK, tools }).finalChatCompletion()
    expect(streamed.choices[0]).toMatchObject({ message: { tool_calls: [expected] }, finish_reason: 'tool_calls' })
  })

  test('that offers functions gets a call in the words of its time, whole and streamed', async () => {
    engine.script = says(...CALLS)
    const ask = { ...ASK, functions: [{ name: 'weather', parameters: { type: 'object' } }] }
    const call = { name: 'weather', arguments: '{"city":"Ulm"}' }
    const whole = await client.chat.completions.create(ask)
    expect(whole.choices[0]).toMatchObject({
      finish_reason: 'function_call',
      message: { content: null, function_call: call },
    })
    expect(whole.choices[0]?.message).not.toHaveProperty('tool_calls')
    expect(engine.calls.at(-1)?.request).toMatchObject({ parallelToolCalls: false })
    const streamed = await client.chat.completions.stream(ask).finalChatCompletion()
    expect(streamed.choices[0]).toMatchObject({ finish_reason: 'function_call', message: { function_call: call } })
  })

  test('gets an answer cut by max_tokens as length', async () => {
    engine.script = says({ type: 'text-delta', text: 'cut' }, FAKE_USAGE, { type: 'finish', reason: 'length' })
    const whole = await client.chat.completions.create({ ...ASK, max_tokens: 1 })
    expect(whole.choices[0]?.finish_reason).toBe('length')
    expect(engine.calls[0]?.request).toMatchObject({ sampling: { maxTokens: 1 } })
  })

  test('gets a refusal as one, whole, parsed and put together from a stream', async () => {
    engine.script = says(
      { type: 'text-delta', text: 'I ', isRefusal: true },
      { type: 'text-delta', text: 'will not.', isRefusal: true },
      { type: 'finish', reason: 'stop' },
    )
    const schema = { name: 'a', schema: { type: 'object' } }
    const ask = { ...ASK, response_format: { type: 'json_schema' as const, json_schema: { ...schema, strict: true } } }
    const refused = { content: null, refusal: 'I will not.' }
    expect((await client.chat.completions.create(ask)).choices[0]?.message).toMatchObject(refused)
    expect((await client.chat.completions.parse(ask)).choices[0]?.message).toMatchObject({ ...refused, parsed: null })
    const streamed = await client.chat.completions.stream(ask).finalChatCompletion()
    expect(streamed.choices[0]?.message).toMatchObject({ refusal: 'I will not.', parsed: null })
  })

  test('gets text completions', async () => {
    const whole = await client.completions.create({ model: 'demo', prompt: 'Once' })
    expect(whole.choices).toEqual([{ text: 'Hello there', index: 0, logprobs: null, finish_reason: 'stop' }])
    const stream = await client.completions.create({ model: 'demo', prompt: 'Once', stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.text ?? ''
    expect(text).toBe('Hello there')
    expect(engine.calls[1]).toMatchObject({ kind: 'completion', request: { prompt: 'Once' } })
  })

  test('gets embeddings, by default in base64', async () => {
    const { data, usage } = await client.embeddings.create({ model: 'embedder', input: ['a', 'b'] })
    expect(data.map((item) => item.embedding)).toEqual([
      [0.5, -0.25, 0],
      [0.5, -0.25, 1],
    ])
    expect(usage).toEqual({ prompt_tokens: 5, total_tokens: 5 })
    const float = await client.embeddings.create({ model: 'embedder', input: 'a', encoding_format: 'float' })
    expect(float.data[0]?.embedding).toEqual([0.5, -0.25, 0])
  })

  test('gets a large batch of embeddings whole', async () => {
    engine.embedding = async () => ({
      embeddings: Array.from({ length: 500 }, (_none, index) => new Float32Array(768).fill(index / 1000)),
      promptTokens: 1,
      loadMs: 0,
      totalMs: 0,
    })
    const { data } = await client.embeddings.create({ model: 'embedder', input: 'a', encoding_format: 'float' })
    expect(data).toHaveLength(500)
    expect(data[499]?.embedding).toHaveLength(768)
    expect(data[499]?.embedding[0]).toBeCloseTo(0.499)
  })

  test('any text survives the stream', async () => {
    const text = '"\\ \n\r\n\u2028\u2029\u0085 👩‍👩‍👧‍👦 data: [DONE]\n\n é漢'
    engine.script = saysText(...text.split(''))
    let received = ''
    for await (const chunk of await client.chat.completions.create({ ...ASK, stream: true })) {
      received += chunk.choices[0]?.delta.content ?? ''
    }
    expect(received).toBe(text)
  })

  test.each([
    ['model_not_found', 404],
    ['context_length_exceeded', 400],
    ['queue_full', 503],
    ['model_quarantined', 422],
    ['out_of_memory', 503],
  ] as const)('an early %s keeps its status, whole and streamed', async (code, status) => {
    engine.script = async function* () {
      yield { type: 'progress', phase: 'loading', value: 0 }
      throw new EngineError(code, 'Said plainly.')
    }
    for (const stream of [true, false]) {
      await expect(client.chat.completions.create({ ...ASK, stream })).rejects.toMatchObject({
        status,
        code,
        error: { message: 'Said plainly.' },
        requestID: 'route-1',
      })
    }
  })

  test('an error after the first content becomes an exception that keeps the text before it', async () => {
    engine.script = says(
      { type: 'text-delta', text: 'partial' },
      { type: 'error', error: new EngineError('runtime_crashed', 'The runtime stopped.') },
    )
    let text = ''
    const reading = (async () => {
      for await (const chunk of await client.chat.completions.create({ ...ASK, stream: true })) {
        text += chunk.choices[0]?.delta.content ?? ''
      }
    })()
    await expect(reading).rejects.toMatchObject({
      code: 'runtime_crashed',
      message: expect.stringContaining('The runtime stopped.'),
    })
    expect(text).toBe('partial')
    expect(engine.logLines).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ code: 'runtime_crashed' }) }),
    )
  })

  test('an answer that simply ends is an error, not a short answer', async () => {
    engine.script = says({ type: 'text-delta', text: 'partial' })
    await expect(client.chat.completions.create(ASK)).rejects.toMatchObject({ status: 502, code: 'upstream_error' })
  })

  test('is told what is worth a retry', async () => {
    const retrying = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'unused', maxRetries: 2 })
    engine.script = async function* () {
      yield* []
      throw new EngineError('out_of_memory', 'No memory.')
    }
    await expect(retrying.chat.completions.create(ASK)).rejects.toMatchObject({ code: 'out_of_memory' })
    expect(engine.calls).toHaveLength(1)
  })

  test('waits through a slow start: headers, pings, then the answer', async () => {
    let go = (): void => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    engine.script = async function* () {
      yield { type: 'progress', phase: 'loading', value: 0.1 }
      await gate
      yield* saysText('late')(engine.calls[0] ?? expect.fail('no call'))
    }
    const stream = await client.chat.completions.create({ ...ASK, stream: true })
    go()
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('late')
  })
})

describe('errors', () => {
  test('name the field', async () => {
    const answer = await post(port, '/v1/chat/completions', { model: 'demo', messages: [{ role: 'user', content: 1 }] })
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toEqual({
      error: {
        message: "Invalid 'messages[0].content': expected string or array.",
        type: 'invalid_request_error',
        param: 'messages[0].content',
        code: 'invalid_request',
      },
    })
  })

  test.each([
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['POST', '/v1/models', 405, 'invalid_request'],
    ['GET', '/v1/chat/completions', 405, 'invalid_request'],
  ])('%s %s', async (method, path, status, code) => {
    const answer = await http(port, path, { method })
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body).error).toMatchObject({ type: 'invalid_request_error', code })
    expect(answer.headers['x-request-id']).toMatch(/^req_[0-9a-f]{32}$/)
    if (status === 405) expect(answer.headers.allow).toBeTypeOf('string')
  })

  test('a failure of ours says nothing of its inside', async () => {
    engine.script = async function* () {
      yield* []
      throw new TypeError('secret detail')
    }
    const answer = await post(port, '/v1/chat/completions', ASK)
    expect(answer.status).toBe(500)
    expect(answer.body).not.toContain('secret')
    expect(engine.logLines).toContainEqual(expect.objectContaining({ level: 'error' }))
  })
})
