import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, collect, never, type OpenedRuntime, openRuntime, user } from './open-runtime.ts'

const weather = {
  name: 'getWeather',
  description: 'Current weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

describe('chat with real inference', () => {
  let opened: OpenedRuntime
  beforeAll(async () => {
    opened = await openRuntime()
  })
  afterAll(() => opened.close())

  const chat = (...parameters: Parameters<typeof ask>) =>
    collect(opened.runtime.chat('demo', ask(...parameters), never()))

  test('answers by topic, with usage, timings and one finish at the end', async () => {
    const hello = await chat('hello')
    const code = await chat('show me some code')
    expect(hello.text).toMatch(/^Hello/)
    expect(code.text).toContain('```')
    expect(hello.finish).toBe('stop')
    expect(hello.parts.at(-1)?.type).toBe('finish')
    expect(hello.parts.at(-2)?.type).toBe('usage')
    const usage = hello.usage?.usage
    expect(usage?.promptTokens).toBeGreaterThan(0)
    expect(usage?.completionTokens).toBeGreaterThan(5)
    expect(hello.usage?.timings?.contextSize).toBe(8192)
    expect(opened.file('demo').loaded).toMatchObject({ state: 'loaded', sequences: 8, activeRequests: 0 })
  })

  test('streams a long answer in many pieces that join to the whole text', async () => {
    const story = await chat('tell me a story')
    const deltas = story.parts.filter((part) => part.type === 'text-delta')
    expect(deltas.length).toBeGreaterThan(3)
    expect(story.text.length).toBeGreaterThan(500)
  })

  test('ends before a stop string', async () => {
    const whole = await chat('hello')
    const stopped = await chat('hello', { sampling: { stop: ['model'] } })
    expect(whole.text).toContain('model')
    expect(stopped.text).toBe(whole.text.slice(0, whole.text.indexOf('model')))
    expect(stopped.finish).toBe('stop')
    expect(stopped.parts.at(-1)).toMatchObject({ type: 'finish', raw: 'customStopTrigger', stopSequence: 'model' })
    expect(whole.parts.at(-1)).not.toHaveProperty('stopSequence')
  })

  test('the second turn finds the whole first one in the cache', async () => {
    const story = await chat('tell me a story')
    const next = await chat([user('tell me a story'), { role: 'assistant', content: story.text }, user('hello')])
    const { promptTokens = 0, cachedPromptTokens = 0 } = next.usage?.usage ?? {}
    expect(promptTokens).toBeGreaterThan(300)
    expect(promptTokens - cachedPromptTokens).toBeLessThan(12)
  })

  test('a request without a context wish gets the usual context after one with a small one', async () => {
    const small = await openRuntime()
    try {
      const request = (runtime: object) => collect(small.runtime.chat('demo', ask('hello', { runtime }), never()))
      expect((await request({ contextSize: 512 })).usage?.timings?.contextSize).toBe(512)
      expect((await request({})).usage?.timings?.contextSize).toBe(8192)
    } finally {
      await small.close()
    }
  })

  test('a tool without a usable name is refused', async () => {
    for (const name of ['', 'two words']) {
      await expect(chat('hello', { tools: [{ name }] })).rejects.toMatchObject({
        code: 'invalid_request',
        param: 'tools',
      })
    }
  })

  test('a prompt of 5 MB is refused within moments, and other streams go on meanwhile', async () => {
    const arrived: number[] = []
    const other = new AbortController()
    const loop = collect(
      opened.runtime.chat('demo', ask('loop forever'), other.signal),
      (part) => part.type === 'text-delta' && arrived.push(performance.now()),
    ).catch((error: { code: string }) => error.code)
    const started = performance.now()
    await expect(chat('lorem ipsum dolor '.repeat(300_000))).rejects.toMatchObject({ code: 'context_length_exceeded' })
    const took = performance.now() - started
    other.abort()
    expect(await loop).toBe('aborted')
    console.info(`refused after ${took.toFixed(0)} ms`)
    // Tokenising it as a whole takes more than 40 seconds with this vocabulary.
    expect(took).toBeLessThan(4_000)
  })

  test('max tokens cuts the answer and says so', async () => {
    const cut = await chat('hello', { sampling: { maxTokens: 3 } })
    expect(cut.finish).toBe('length')
    expect(cut.usage?.usage.completionTokens).toBe(3)
    const none = await chat('hello', { sampling: { maxTokens: 0 } })
    expect(none).toMatchObject({ text: '', finish: 'length' })
  })

  test('the same seed gives the same answer, another one another', async () => {
    const roll = async (seed: number) =>
      (await chat('roll the dice', { sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, seed } })).text
    const answers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(roll))
    expect(await roll(3)).toBe(answers[2])
    expect(new Set(answers).size).toBeGreaterThan(1)
  })

  test('thinks in its own parts, and not at all when asked not to', async () => {
    const thinking = await chat('think about it')
    expect(thinking.reasoning.length).toBeGreaterThan(20)
    expect(thinking.text).not.toContain('<think>')
    expect(thinking.usage?.usage.reasoningTokens).toBeGreaterThan(0)
    const silent = await chat('think about it', { reasoning: { enabled: false } })
    expect(silent.reasoning).toBe('')
    expect(silent.text).toBe(thinking.text)
  })

  test('calls a tool and answers with its result', async () => {
    const call = await chat('what is the weather?', { tools: [weather] })
    expect(call.finish).toBe('tool-calls')
    expect(call.calls).toHaveLength(1)
    expect(call.calls[0]?.name).toBe('getWeather')
    expect(JSON.parse(call.calls[0]?.arguments ?? '')).toHaveProperty('city')
    const id = call.calls[0]?.id ?? ''
    const answer = await chat(
      [
        user('what is the weather?'),
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id, name: 'getWeather', arguments: call.calls[0]?.arguments ?? '' }],
        },
        { role: 'tool', toolCallId: id, content: '{"temperature":4}' },
      ],
      { tools: [weather] },
    )
    expect(answer.finish).toBe('stop')
    expect(answer.text).toContain('tool')
  })

  test('offers no tool when the choice is none', async () => {
    const none = await chat('what is the weather?', { tools: [weather], toolChoice: 'none' })
    expect(none.calls).toEqual([])
    expect(none.text).toMatch(/^I would have to ask/)
  })

  test('keeps to a JSON schema', async () => {
    const schema = {
      type: 'object',
      properties: {
        title: { type: 'string' },
        age: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
        tags: { type: 'array', items: { type: 'string' } },
        kind: { enum: ['a', 'b'] },
      },
      required: ['title', 'age', 'tags', 'kind'],
      additionalProperties: false,
    }
    const answer = await chat('json please', { responseFormat: { type: 'json-schema', schema } })
    const value = JSON.parse(answer.text)
    expect(Object.keys(value)).toEqual(['title', 'age', 'tags', 'kind'])
    expect(Number.isInteger(value.age)).toBe(true)
    expect(['a', 'b']).toContain(value.kind)
    expect(answer.finish).toBe('stop')
    const free = await chat('json please', { responseFormat: { type: 'json' } })
    expect(typeof JSON.parse(free.text)).toBe('object')
  })

  test('refuses images and tool results without a call', async () => {
    const image = { role: 'user' as const, content: [{ type: 'image' as const, mediaType: 'image/png', data: 'AA==' }] }
    await expect(chat([image])).rejects.toMatchObject({ code: 'unsupported' })
    const call = { id: 'c1', name: 'look', arguments: '{}' }
    const result = { role: 'tool' as const, toolCallId: 'c1', content: 'a cat', images: image.content }
    const asked = [user('hi'), { role: 'assistant' as const, content: '', toolCalls: [call] }, result]
    await expect(chat(asked)).rejects.toMatchObject({ code: 'unsupported', param: 'messages.2.content' })
    const orphan = { role: 'tool' as const, toolCallId: 'x', content: '1' }
    await expect(chat([user('hi'), orphan])).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('reuses the prefix of a conversation', async () => {
    const question = user('show me some code')
    const first = await chat([question])
    const second = await chat([question, { role: 'assistant', content: first.text }, user('hello')])
    const usage = second.usage?.usage
    expect(usage?.cachedPromptTokens).toBeGreaterThan(first.usage?.usage.completionTokens ?? Infinity)
    expect(usage?.cachedPromptTokens).toBeLessThan(usage?.promptTokens ?? 0)
    expect(second.text).toMatch(/^Hello/)
  })

  test('a logit bias of -100 forbids a token', async () => {
    const plain = await chat('hello', { sampling: { maxTokens: 1 } })
    const everything = Object.fromEntries(Array.from({ length: 1500 }, (_, token) => [String(token), -100]))
    const biased = await chat('hello', { sampling: { maxTokens: 1, logitBias: everything } })
    expect(biased.text).not.toBe(plain.text)
    await expect(chat('hello', { sampling: { logitBias: { 1000000: 1 } } })).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })

  test('an unknown model is named', async () => {
    await expect(collect(opened.runtime.chat('nothing', ask('hi'), never()))).rejects.toMatchObject({
      code: 'model_not_found',
    })
  })
})

describe('a prompt that does not fit', () => {
  let opened: OpenedRuntime
  beforeAll(async () => {
    opened = await openRuntime({}, { load: { threads: 1, contextSize: 512, sequences: 1 } })
  })
  afterAll(() => opened.close())

  const old = Array.from({ length: 40 }, (_, index) => [
    user(`question number ${index} about rails and signals`),
    { role: 'assistant' as const, content: 'an answer of some length about it' },
  ]).flat()

  test('is refused with both numbers by default', async () => {
    const failed = collect(opened.runtime.chat('demo', ask([...old, user('hello')]), never()))
    await expect(failed).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: expect.stringMatching(/\d+ tokens.*512 tokens/),
    })
  })

  test('loses its oldest turns when asked to truncate, and keeps the newest question', async () => {
    const answer = await collect(
      opened.runtime.chat('demo', ask([...old, user('hello')], { runtime: { overflow: 'truncate' } }), never()),
    )
    expect(answer.text).toMatch(/^Hello/)
    expect(answer.usage?.usage.promptTokens).toBeLessThanOrEqual(510)
  })

  test('an answer that fills the context ends with length', async () => {
    const answer = await collect(opened.runtime.chat('demo', ask('loop forever'), never()))
    expect(answer.finish).toBe('length')
    const { promptTokens, completionTokens } = answer.usage?.usage ?? { promptTokens: 0, completionTokens: 0 }
    expect(promptTokens + completionTokens).toBeGreaterThan(500)
    expect(promptTokens + completionTokens).toBeLessThanOrEqual(512)
  })
})
