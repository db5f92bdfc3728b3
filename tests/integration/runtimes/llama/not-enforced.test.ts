import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLlamaAdapter } from '../../../../src/main/engine/providers/llama/llama-adapter.ts'
import type { ChatMessage, ChatRequest, JsonSchema } from '../../../../src/main/engine/spec/chat-request.ts'
import type { ProviderAdapter } from '../../../../src/main/engine/spec/provider-adapter.ts'
import { ask, collect, never, type OpenedRuntime, openRuntime, user } from './open-runtime.ts'

let opened: OpenedRuntime
let adapter: ProviderAdapter
beforeAll(async () => {
  opened = await openRuntime()
  adapter = createLlamaAdapter(opened.runtime)
})
afterAll(() => opened.close())

/** The answer, and what the caller was told before its first part. */
async function chat(text: string, extra: Partial<ChatRequest>) {
  const told: string[] = []
  let toldFirst = true
  const onNotSent = (fields: string[]): void => void told.push(...fields)
  const call = { request: ask(text, extra), upstreamModel: 'demo', requestId: 'r', signal: never(), onNotSent }
  const answer = await collect(adapter.chat(call), () => {
    toldFirst = toldFirst && told.length > 0
  })
  return { answer, told, toldFirst }
}

async function bySchema(schema: JsonSchema, text = 'Describe Berlin') {
  const { answer, told } = await chat(text, { responseFormat: { type: 'json-schema', schema } })
  expect(answer.finish).toBe('stop')
  return { value: JSON.parse(answer.text), told }
}

const FIELD = 'response_format.json_schema.schema'

describe('what a schema asks beyond a grammar', () => {
  test('is told before the first part, while the rest is enforced', async () => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string', pattern: '^[a-z]+$' },
        age: { type: 'integer', minimum: 0 },
        percent: { type: 'integer', minimum: 50, maximum: 100 },
        mail: { type: 'string', format: 'email' },
        tags: { type: 'array', items: { enum: ['a', 'b'] }, minItems: 2, maxItems: 2, uniqueItems: true },
      },
      required: ['name', 'age', 'percent', 'mail', 'tags'],
    }
    const { answer, told, toldFirst } = await chat('json', { responseFormat: { type: 'json-schema', schema } })
    expect(toldFirst).toBe(true)
    expect(told).toEqual([
      `${FIELD}.properties.name.pattern`,
      `${FIELD}.properties.age.minimum`,
      `${FIELD}.properties.mail.format`,
      `${FIELD}.properties.tags.uniqueItems`,
    ])
    const value = JSON.parse(answer.text)
    expect(Object.keys(value)).toEqual(schema.required)
    expect(value.tags).toHaveLength(2)
    expect(value.percent).toBeGreaterThanOrEqual(50)
    expect(value.percent).toBeLessThanOrEqual(100)
  })

  test('nothing is told of a schema that is enforced as it is', async () => {
    const { told } = await bySchema({ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] })
    expect(told).toEqual([])
  })

  test("of tools, and other fields without effect, by the dialect's names", async () => {
    const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: 3 } } }
    const { told } = await chat('hello', {
      tools: [{ name: 'plain' }, { name: 'count', parameters }],
      reasoning: { effort: 'high' },
      extra: { service_tier: 'flex' },
    })
    expect(told).toEqual(['tools[1].function.parameters.properties.n.minimum', 'reasoning_effort', 'service_tier'])
    const schema = { type: 'string', pattern: 'x' }
    const completed: string[] = []
    const request = {
      model: 'demo',
      prompt: 'Once',
      sampling: {},
      responseFormat: { type: 'json-schema', schema },
    } as const
    const { text } = await collect(
      adapter.complete({
        request,
        upstreamModel: 'demo',
        requestId: 'r',
        signal: never(),
        onNotSent: (fields) => completed.push(...fields),
      }),
    )
    expect(completed).toEqual([`${FIELD}.pattern`])
    expect(typeof JSON.parse(text)).toBe('string')
  })

  test("of Ollama's options, for chats, raw prompts and embeddings, and of results that are errors", async () => {
    const runtime = { options: { mirostat: 2, tfs_z: 0.5, num_keep: null }, contextSize: 512 }
    const call = { name: 'look', id: 'c1', arguments: '{}' }
    const messages: ChatMessage[] = [
      user('hello'),
      { role: 'assistant', content: '', toolCalls: [call] },
      { role: 'tool', toolCallId: 'c1', content: 'no such file', isError: true },
    ]
    const { told } = await chat('hello', { runtime, messages })
    expect(told).toEqual(['messages[2].is_error', 'mirostat', 'tfs_z'])

    const others: string[] = []
    const shared = {
      upstreamModel: 'demo',
      requestId: 'r',
      signal: never(),
      onNotSent: (fields: string[]) => void others.push(...fields),
    }
    await collect(
      adapter.complete({ ...shared, request: { model: 'demo', prompt: 'Once', sampling: { maxTokens: 1 }, runtime } }),
    )
    expect(others.splice(0)).toEqual(['mirostat', 'tfs_z'])
    const request = { model: 'demo', inputs: ['hello'], runtime, user: 'ada', extra: { encoding: 'x' } }
    await adapter.embed({ ...shared, request })
    expect(others).toEqual(['mirostat', 'tfs_z', 'user', 'encoding'])
  })

  test('a schema that nothing can satisfy is refused, naming the part', async () => {
    const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 3, maximum: 2 } } }
    await expect(chat('json', { responseFormat: { type: 'json-schema', schema } })).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'response_format',
      message: expect.stringContaining('properties.a'),
    })
    await expect(chat('json', { tools: [{ name: 'broken', parameters: schema }] })).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'tools',
      message: expect.stringContaining('"broken"'),
    })
  })
})

describe('schemas of every shape end in a value that fits', () => {
  test('recursive ones', async () => {
    const list = { type: 'object', properties: { v: { type: 'integer' }, next: { $ref: '#' } }, required: ['v'] }
    expect(await bySchema(list)).toMatchObject({ value: { v: expect.any(Number) }, told: [] })
    const entry = {
      type: 'object',
      properties: { name: { type: 'string' }, more: { type: 'array', items: { $ref: '#/$defs/entry' } } },
      required: ['name', 'more'],
    }
    // The demo model likes opening braces better than closing ones; how deep it goes is limited by nothing else.
    const { answer, told } = await chat('Describe Berlin', {
      responseFormat: { type: 'json-schema', schema: { $ref: '#/$defs/entry', $defs: { entry } } },
      sampling: { maxTokens: 120 },
    })
    expect(answer.text).toMatch(/^(\{"name":\s?"\w+",\s?"more":\s?\[\s?){3}/)
    expect(told).toEqual([])
  })

  test.each<[JsonSchema, unknown]>([
    [{ const: { a: [1, 'x', null], b: {} } }, { a: [1, 'x', null], b: {} }],
    [{ enum: [[], [true]] }, expect.any(Array)],
    [{ type: 'array', prefixItems: [{ const: 1 }, { type: 'string' }], items: false }, [1, expect.any(String)]],
    [{ type: 'integer', exclusiveMinimum: 1000, maximum: 2000, multipleOf: 100 }, expect.toSatisfy((n) => n > 1000)],
    [{ type: 'number', multipleOf: 0.5 }, expect.any(Number)],
    [
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'boolean' } }, required: ['b'] },
        ],
      },
      { a: expect.any(String), b: expect.any(Boolean) },
    ],
    [{ type: 'object', additionalProperties: { type: 'integer' }, minProperties: 1 }, expect.any(Object)],
    [
      {
        oneOf: [
          {
            type: 'object',
            properties: { kind: { const: 'cat' }, lives: { type: 'integer' } },
            required: ['kind', 'lives'],
          },
          {
            type: 'object',
            properties: { kind: { const: 'dog' }, name: { type: 'string' } },
            required: ['kind', 'name'],
          },
        ],
      },
      expect.objectContaining({ kind: expect.toBeOneOf(['cat', 'dog']) }),
    ],
  ])('%j', async (schema, expected) => {
    expect((await bySchema(schema)).value).toEqual(expected)
  })

  test('a list of bounded numbers holds up no other stream for long', async () => {
    const arrived: number[] = []
    const other = new AbortController()
    const loop = collect(
      opened.runtime.chat('demo', ask('loop forever'), other.signal),
      (part) => part.type === 'text-delta' && arrived.push(performance.now()),
    ).catch((error: { code: string }) => error.code)
    const ages = { type: 'array', items: { type: 'integer', minimum: 1, maximum: 128 }, minItems: 5, maxItems: 5 }
    expect((await bySchema(ages)).value).toHaveLength(5)
    other.abort()
    expect(await loop).toBe('aborted')
    const gaps = arrived.slice(1).map((at, index) => at - (arrived[index] ?? at))
    console.info(`longest gap ${Math.max(...gaps).toFixed(0)} ms`)
    expect(Math.max(...gaps)).toBeLessThan(2_000)
  })
})
