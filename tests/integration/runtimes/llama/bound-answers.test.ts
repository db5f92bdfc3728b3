import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEMO_CHAT_TEMPLATE } from '../../../../src/main/engine/runtimes/llama/demo/demo-chat-template.ts'
import type { ChatRequest, JsonSchema, ToolDefinition } from '../../../../src/main/engine/spec/chat-request.ts'
import { ensureTestModels } from '../../../support/test-models.ts'
import { ask, type Collected, collect, never, type OpenedRuntime, openRuntime, settled, user } from './open-runtime.ts'

const weather: ToolDefinition = {
  name: 'get_weather',
  description: 'Current weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 2, maximum: 3 } },
    required: ['city', 'days'],
  },
}
const order: ToolDefinition = {
  name: 'lookup_order',
  parameters: { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] },
}
const ping: ToolDefinition = { name: 'ping' }
const person: JsonSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 18, maximum: 99 } },
  required: ['name', 'age'],
}
const asPerson = { responseFormat: { type: 'json-schema', schema: person } } as const

let opened: OpenedRuntime
beforeAll(async () => {
  const { demo } = await ensureTestModels()
  opened = await openRuntime()
  // The folder is watched.
  await writeFile(join(opened.folder, 'models', 'thinker.gguf'), await thinkingVariant(demo))
})
afterAll(() => opened.close())

/** A template that shows thoughts and opens those of the answer itself, as reasoning models have it. */
const OPENS_THOUGHTS = [
  "{%for m in messages%}{{'<|'+m.role+'|>'}}",
  "{%if m.reasoning_content%}{{'<think>'+m.reasoning_content+'</think>'}}{%endif%}",
  "{{m.content+'<|end|>'}}{%endfor%}",
  "{%if add_generation_prompt%}{{'<|assistant|><think>'}}{%endif%}",
].join('')

/** The demo model with that template, filled up with a comment: a text of another length would move all that follows. */
async function thinkingVariant(path: string): Promise<Buffer> {
  const file = await readFile(path)
  const comment = `{#${' '.repeat(DEMO_CHAT_TEMPLATE.length - OPENS_THOUGHTS.length - 4)}#}`
  const at = file.indexOf(DEMO_CHAT_TEMPLATE)
  expect(at).toBeGreaterThan(0)
  file.write(comment + OPENS_THOUGHTS, at)
  return file
}

function chat(text: Parameters<typeof ask>[0], extra: Partial<ChatRequest>, model = 'demo'): Promise<Collected> {
  return collect(opened.runtime.chat(model, ask(text, extra), never()))
}

function onlyCall(answer: Collected): { name: string; arguments: unknown } {
  expect(answer.finish).toBe('tool-calls')
  expect(answer.text).toBe('')
  expect(answer.calls).toHaveLength(1)
  const [call] = answer.calls
  expect(call?.id).toMatch(/^call_\w+$/)
  return { name: call?.name ?? '', arguments: JSON.parse(call?.arguments ?? '') }
}

describe('a tool call that is required', () => {
  // None of these makes the model call by itself; the last thinks first.
  test.each(['hello', 'tell me a story', 'show me a table', 'What is the capital of France?', 'think about it'])(
    'is made whatever the question: %s',
    async (question) => {
      for (const parallelToolCalls of [true, false]) {
        const answer = await chat(question, { tools: [weather, order], toolChoice: 'required', parallelToolCalls })
        const call = onlyCall(answer)
        if (call.name === 'get_weather') {
          expect(call.arguments).toEqual({ city: expect.any(String), days: expect.toBeOneOf([2, 3]) })
        } else {
          expect(call).toEqual({ name: 'lookup_order', arguments: { id: expect.any(Number) } })
        }
      }
    },
  )

  test.each(['get_weather', 'lookup_order', 'ping'])('is made to the named tool: %s', async (name) => {
    const answer = await chat('tell me a joke', { tools: [weather, order, ping], toolChoice: { name } })
    expect(onlyCall(answer).name).toBe(name)
  })

  test('streams its arguments in pieces, after the thoughts that led to it', async () => {
    const answer = await chat('think about it', { tools: [weather], toolChoice: 'required' })
    expect(answer.reasoning.length).toBeGreaterThan(20)
    const kinds = answer.parts.map((part) => part.type)
    expect(kinds.lastIndexOf('reasoning-delta')).toBeLessThan(kinds.indexOf('tool-call-delta'))
    expect(onlyCall(answer).arguments).toHaveProperty('city')
    const silent = await chat('think about it', {
      tools: [weather],
      toolChoice: 'required',
      reasoning: { enabled: false },
    })
    expect(silent.reasoning).toBe('')
    expect(onlyCall(silent).name).toBe('get_weather')
  })

  test('is made again after a result', async () => {
    const history = [
      user('What is the weather in Paris?'),
      {
        role: 'assistant' as const,
        content: '',
        toolCalls: [{ id: 'c1', name: 'get_weather', arguments: '{"city":"Paris","days":2}' }],
      },
      { role: 'tool' as const, toolCallId: 'c1', content: '{"temperature":4}' },
    ]
    expect(onlyCall(await chat(history, { tools: [weather], toolChoice: 'required' })).name).toBe('get_weather')
    expect((await chat(history, { tools: [weather] })).finish).toBe('stop')
  })

  test('wins over a response format', async () => {
    const answer = await chat('hello', { tools: [weather], toolChoice: 'required', ...asPerson })
    expect(onlyCall(answer).name).toBe('get_weather')
  })

  test('is cut by the token limit, and says so', async () => {
    const answer = await chat('hello', { tools: [weather], toolChoice: 'required', sampling: { maxTokens: 8 } })
    expect(answer.finish).toBe('length')
    expect(answer.usage?.usage.completionTokens).toBeLessThanOrEqual(8)
  })

  test('without tools, or to one that is not there, is refused', async () => {
    const refused = { code: 'invalid_request', param: 'tool_choice' }
    await expect(chat('hello', { toolChoice: 'required' })).rejects.toMatchObject(refused)
    await expect(chat('hello', { tools: [weather], toolChoice: { name: 'ping' } })).rejects.toMatchObject(refused)
  })

  test('keeps streams apart, and finds the prompt in the cache', async () => {
    const questions = ['hello', 'tell me a story', 'a joke', 'weather in Paris?', 'count', 'think about it']
    const plan: Partial<ChatRequest> = { tools: [weather, order], toolChoice: 'required' }
    const alone: unknown[] = []
    for (const question of questions) alone.push(onlyCall(await chat(question, plan)))
    const together = await Promise.all(questions.map((question) => chat(question, plan)))
    expect(together.map(onlyCall)).toEqual(alone)
    const again = (await chat('hello', plan)).usage?.usage
    expect((again?.promptTokens ?? 0) - (again?.cachedPromptTokens ?? 0)).toBeLessThan(20)
  })

  test('can be cancelled while the model thinks', async () => {
    const left = new AbortController()
    const started = performance.now()
    const stream = collect(
      opened.runtime.chat('demo', ask('think about it', { tools: [weather], toolChoice: 'required' }), left.signal),
      (part) => part.type === 'reasoning-delta' && left.abort(),
    )
    await expect(stream).rejects.toMatchObject({ code: 'aborted' })
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(onlyCall(await chat('hello', { tools: [weather], toolChoice: 'required' })).name).toBe('get_weather')
  })
})

describe('tools together with a JSON schema', () => {
  test('a question that asks for the tool is a call', async () => {
    const answer = await chat('What is the weather in Paris?', { tools: [weather], ...asPerson })
    expect(onlyCall(answer)).toMatchObject({ name: 'get_weather', arguments: { city: 'Paris' } })
  })

  test.each(['Describe Berlin', 'hello', 'tell me a story', 'think about it'])(
    'any other is answered by the schema: %s',
    async (question) => {
      const answer = await chat(question, { tools: [weather], ...asPerson })
      expect(answer.finish).toBe('stop')
      expect(answer.calls).toEqual([])
      const value = JSON.parse(answer.text)
      expect(value).toEqual({ name: expect.any(String), age: expect.any(Number) })
      expect(value.age).toBeGreaterThanOrEqual(18)
    },
  )

  test('after the result comes the answer by the schema', async () => {
    const first = await chat('What is the weather in Paris?', { tools: [weather], ...asPerson })
    const call = first.calls[0] ?? { id: '', name: '', arguments: '' }
    const answer = await chat(
      [
        user('What is the weather in Paris?'),
        { role: 'assistant', content: '', toolCalls: [call] },
        { role: 'tool', toolCallId: call.id, content: '{"temperature":4}' },
      ],
      { tools: [weather], ...asPerson },
    )
    expect(answer.calls).toEqual([])
    expect(Object.keys(JSON.parse(answer.text))).toEqual(['name', 'age'])
  })

  test('tool choice none leaves the schema alone', async () => {
    const answer = await chat('weather in Paris?', { tools: [weather], toolChoice: 'none', ...asPerson })
    expect(JSON.parse(answer.text)).toHaveProperty('name')
  })
})

test('the word that is taken back costs none of the tokens allowed', async () => {
  const one = await chat('hello', { ...asPerson, sampling: { maxTokens: 1 } })
  expect(one.text).toMatch(/^\{/)
  expect(one).toMatchObject({ finish: 'length', usage: { usage: { completionTokens: 1 } } })
  const thoughtful = await chat('think about it', asPerson)
  const { completionTokens = 0, reasoningTokens = 0 } = thoughtful.usage?.usage ?? {}
  expect(reasoningTokens).toBeGreaterThan(5)
  expect(completionTokens).toBeGreaterThan(reasoningTokens)
})

describe('a model whose template opens its thoughts', () => {
  beforeAll(() => settled(opened, 'thinker').then(() => undefined))

  test.each<[string, Partial<ChatRequest>]>([
    ['a schema', asPerson],
    ['any JSON', { responseFormat: { type: 'json' } }],
    ['tools and a schema', { tools: [weather], ...asPerson }],
  ])('thinks first and then obeys %s', async (_name, extra) => {
    const answer = await chat('hello', extra, 'thinker')
    expect(answer.reasoning.length).toBeGreaterThan(20)
    expect(answer.reasoning).not.toContain('{')
    expect(typeof JSON.parse(answer.text)).toBe('object')
    expect(answer.finish).toBe('stop')
    expect(answer.usage?.usage.reasoningTokens).toBeGreaterThan(0)
  })

  test('answers at once when it may not think', async () => {
    const answer = await chat('hello', { ...asPerson, reasoning: { enabled: false } }, 'thinker')
    expect(Object.keys(JSON.parse(answer.text))).toEqual(['name', 'age'])
    expect(answer.reasoning.length).toBeLessThan(20)
  })

  test('makes the call that is required', async () => {
    const answer = await chat('hello', { tools: [weather], toolChoice: 'required' }, 'thinker')
    expect(answer.reasoning.length).toBeGreaterThan(20)
    expect(onlyCall(answer).name).toBe('get_weather')
  })

  test('a limit that its thoughts use up is a length', async () => {
    const answer = await chat('hello', { ...asPerson, sampling: { maxTokens: 3 } }, 'thinker')
    expect(answer).toMatchObject({ text: '', finish: 'length' })
  })
})
