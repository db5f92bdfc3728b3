import {
  type ChatHistoryItem,
  type ChatModelFunctions,
  getLlama,
  JinjaTemplateChatWrapper,
  type LLamaChatGenerateResponseOptions,
  type Llama,
  LlamaChat,
  LlamaCompletion,
  type LlamaEmbedding,
  type LlamaGrammar,
  LlamaLogLevel,
  resolveChatWrapper,
  type Token,
} from 'node-llama-cpp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_CHAT_TEMPLATE } from '../../../../src/main/engine/runtimes/llama/demo/demo-chat-template.ts'
import { ensureTestModels, type TestModels } from '../../../support/test-models.ts'

// The model's answers through the real library: whatever is built on top relies on them
let llama: Llama
let models: TestModels
let chat: LlamaChat

async function openChat(path: string, contextSize: number): Promise<LlamaChat> {
  const model = await llama.loadModel({ modelPath: path, gpuLayers: 0 })
  const context = await model.createContext({ threads: 1, contextSize, sequences: 1 })
  return new LlamaChat({ contextSequence: context.getSequence(), chatWrapper: resolveChatWrapper(model) })
}

beforeAll(async () => {
  models = await ensureTestModels()
  llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: LlamaLogLevel.error })
  chat = await openChat(models.demo, 4096)
})
afterAll(() => llama.dispose())

function user(text: string): ChatHistoryItem {
  return { type: 'user', text }
}

async function ask<const Functions extends ChatModelFunctions>(
  question: string | ChatHistoryItem[],
  options: LLamaChatGenerateResponseOptions<Functions> = {},
) {
  const history = typeof question === 'string' ? [user(question)] : question
  const open: ChatHistoryItem[] =
    history.at(-1)?.type === 'model' ? history : [...history, { type: 'model', response: [] }]
  let thought = ''
  const result = await chat.generateResponse<Functions>(open, {
    maxTokens: 900,
    onResponseChunk: (chunk) => {
      if (chunk.type === 'segment') thought += chunk.text
    },
    ...options,
  })
  const calls = result.functionCalls?.map((call) => ({ name: call.functionName, params: call.params as unknown }))
  return { text: result.response, thought, calls, stop: result.metadata.stopReason }
}

describe('topics', () => {
  it.each([
    ['Say hello', /^Hello! I am the little model/],
    ['Hi', /^Hello! I am the little model/],
    ['hey', /^Hello! I am the little model/],
    ['Delhi is high up', /^I am Switchyard's demo model/],
    ['What is the capital of France?', /^I am Switchyard's demo model/],
    ['Which country has a long-lasting, stable history?', /^# The Night Shift/],
    ['Tell me about vegetables in another country', /^I am Switchyard's demo model/],
    ['Count from 1 to 50', /^1, 2, 3, .* 99, 100\.$/],
    ['Tell me a long story', /^# The Night Shift at Switchyard[\s\S]{2500,}\*The end\.\*$/],
    ['Write a haiku about trains', /^Points click in the night,\n/],
    ['What can you do?', /^Here is what I can show:/],
    ['help', /^Here is what I can show:/],
    ['Please LIST three colours.', /\| Place \| Leaves home\?/],
    ['Write some code, please', /```typescript\n[\s\S]+```/],
    ['Who are you?', /^I am \*\*demo\*\*/],
    ['return JSON', /^```json/],
    ['你好，你是谁？', /演示模型/],
    ['What is the weather in Paris?', /^I would have to ask a weather tool/],
    ['Tell me a joke', /^What did the signal say/],
    ['Thanks!', /^You are welcome/],
  ])('%s', async (question, answer) => {
    const { text, stop, thought } = await ask(question)
    expect(text).toMatch(answer)
    expect(stop).toBe('eogToken')
    expect(thought).toBe('')
  })

  it('follows the newest turn, whatever the system text and earlier turns were about', async () => {
    const { text } = await ask([
      { type: 'system', text: 'You are a helpful assistant. Write code.' },
      user('Tell me a story'),
      { type: 'model', response: ['Once.'] },
      user('Hm'),
    ])
    expect(text).toMatch(/^I am Switchyard's demo model/)
  })

  it('thinks before it answers a why', async () => {
    const { text, thought } = await ask('Why is the sky blue?')
    expect(thought).toMatch(/^The question wants a cause\./)
    expect(text).toMatch(/^Because that is how I was built/)
  })

  it('rolls by seed', async () => {
    const roll = async (seed: number) => (await ask('Roll the dice', { temperature: 0.8, seed })).text
    expect(await roll(3)).toBe(await roll(3))
    const rolls = new Set<string>()
    for (let seed = 1; seed <= 12; seed++) rolls.add(await roll(seed))
    expect(rolls.size).toBeGreaterThan(2)
  })

  it('says the same at temperature 1 where nothing is random', async () => {
    expect((await ask('Tell me a story', { temperature: 1, seed: 7 })).text).toBe((await ask('Tell me a story')).text)
  })

  it('goes on forever when asked to', async () => {
    const { text, stop } = await ask('Go on forever', { maxTokens: 300 })
    expect(stop).toBe('maxTokens')
    expect(text.split('Wagons roll past').length).toBeGreaterThan(3)
  })

  it('stops at a stop string and at a token limit', async () => {
    expect(await ask('Count', { customStopTriggers: [' 7,'] })).toMatchObject({
      text: '1, 2, 3, 4, 5, 6,',
      stop: 'customStopTrigger',
    })
    expect(await ask('Count', { maxTokens: 5 })).toMatchObject({ text: '1, 2, 3, 4, 5,', stop: 'maxTokens' })
  })
})

const weatherTool = {
  get_weather: {
    description: 'Get the current weather',
    params: { type: 'object', properties: { location: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } } },
  },
} as const satisfies ChatModelFunctions

describe('tools', () => {
  it.each<[string, ChatModelFunctions, string, unknown]>([
    ['What is the weather in Paris?', weatherTool, 'get_weather', { location: 'Paris', unit: 'celsius' }],
    [
      'weather in San Francisco, CA',
      { getWeather: { params: { type: 'object', properties: { city: { type: 'string' } } } } },
      'getWeather',
      { city: 'San Francisco' },
    ],
    [
      'Where is my order?',
      {
        lookup_order: {
          params: {
            type: 'object',
            properties: {
              id: { type: 'integer' },
              express: { type: 'boolean' },
              tags: { type: 'array', items: { type: 'string' } },
              address: { type: 'object', properties: { zip: { type: 'string' } } },
            },
          },
        },
      },
      'lookup_order',
      { id: 42, express: true, tags: ['example'], address: { zip: 'example' } },
    ],
    [
      'What time is it in Tokyo?',
      {
        calculate: {},
        ...weatherTool,
        get_time: { params: { type: 'object', properties: { zone: { type: 'string' } } } },
      },
      'get_time',
      { zone: 'Tokyo' },
    ],
    ['Please use a tool', { ping: {} }, 'ping', undefined],
  ])('%s', async (question, functions, name, params) => {
    const { calls, stop } = await ask(question, { functions })
    expect(stop).toBe('functionCalls')
    expect(calls).toEqual([{ name, params }])
  })

  it('answers in words when the question is about something else', async () => {
    expect((await ask('Tell me a story', { functions: weatherTool })).text).toMatch(/^# The Night/)
    expect((await ask('Say hello', { functions: weatherTool })).text).toMatch(/^Hello!/)
  })

  it.each([{ weather: 'sunny', note: 'What a story? 你好 code' }, 'ok', undefined])(
    'closes with words after the result %j, and is free in the next turn',
    async (result) => {
      const call = { type: 'functionCall' as const, name: 'get_weather', params: { location: 'Paris' }, result }
      const asked = user('What is the weather in Paris?')
      const after = await ask([asked, { type: 'model', response: [call] }], { functions: weatherTool })
      expect(after.text).toMatch(/^The tool replied/)
      expect(after.calls ?? []).toEqual([])
      const next = await ask([asked, { type: 'model', response: [call, after.text] }, user('Tell me a joke')], {
        functions: weatherTool,
      })
      expect(next.text).toMatch(/^What did the signal say/)
    },
  )
})

describe('JSON', () => {
  it('fills a nested schema', async () => {
    const grammar = await llama.createGrammarForJsonSchema({
      type: 'object',
      properties: {
        name: { type: 'string' },
        age: { type: 'integer' },
        score: { type: 'number' },
        ok: { type: 'boolean' },
        kind: { enum: ['alpha', 'beta'] },
        tags: { type: 'array', items: { type: 'string' } },
        pair: { type: 'array', items: { type: 'number' }, minItems: 2 },
        address: { type: 'object', properties: { city: { type: 'string' } } },
        people: { type: 'array', items: { type: 'object', properties: { n: { type: 'string' } } } },
        maybe: { oneOf: [{ type: 'string' }, { type: 'null' }] },
      },
    })
    const { text } = await ask('Describe Berlin', { grammar })
    expect(grammar.parse(text)).toEqual({
      name: 'Berlin',
      age: 42,
      score: 42,
      ok: true,
      kind: 'alpha',
      tags: ['Berlin'],
      pair: [42, 42],
      address: { city: 'Berlin' },
      people: [{ n: 'Berlin' }],
      maybe: 'Berlin',
    })
  })

  it('finishes a bare array, number, text and truth value', async () => {
    const answer = async (grammar: LlamaGrammar) => JSON.parse((await ask('Anything', { grammar })).text)
    expect(await answer(await llama.createGrammarForJsonSchema({ type: 'array', items: { type: 'integer' } }))).toEqual(
      [],
    )
    expect(await answer(await llama.createGrammarForJsonSchema({ type: 'number' }))).toBe(42)
    expect(await answer(await llama.createGrammarForJsonSchema({ type: 'string' }))).toBe('example')
    expect(await answer(await llama.createGrammarForJsonSchema({ type: 'boolean' }))).toBe(true)
  })

  it.each(['Return json', 'Tell me a story', 'Why?'])('finishes any JSON for: %s', async (question) => {
    const grammar = await llama.getGrammarFor('json')
    expect(JSON.parse((await ask(question, { grammar, maxTokens: 100 })).text)).toEqual({ example: 'example' })
  })
})

describe('other ways in', () => {
  it('continues raw text and fills a gap', async () => {
    const model = await llama.loadModel({ modelPath: models.demo, gpuLayers: 0 })
    const context = await model.createContext({ threads: 1, contextSize: 512 })
    const completion = new LlamaCompletion({ contextSequence: context.getSequence() })
    expect(await completion.generateCompletion('def add(a, b):', { maxTokens: 60 })).toMatch(
      /^\.\.\. and so it went on/,
    )
    expect(await completion.generateInfillCompletion('def f():\n', '\nprint(1)', { maxTokens: 20 })).toMatch(
      /return left/,
    )
    await model.dispose()
  })

  it('finds similar texts similar', async () => {
    const model = await llama.loadModel({ modelPath: models.demoEmbed, gpuLayers: 0 })
    const context = await model.createEmbeddingContext({ threads: 1 })
    const text = await context.getEmbeddingFor('the cat sat on the mat')
    const near = await context.getEmbeddingFor('the cat sat on a mat')
    const far = await context.getEmbeddingFor('QUARTERLY REVENUE 2024 %')
    expect(text.vector).toHaveLength(192)
    expect(text.calculateCosineSimilarity(near)).toBeGreaterThan(0.8)
    expect(text.calculateCosineSimilarity(far)).toBeLessThan(0.5)
    await model.dispose()
  })

  it('tells texts apart by the embeddings of the chat model too', async () => {
    const model = await llama.loadModel({ modelPath: models.demo, gpuLayers: 0 })
    const context = await model.createEmbeddingContext({ threads: 1 })
    const texts = [
      'the cat sat on the mat',
      'quarterly revenue rose by nine',
      'where is the station',
      'zebra',
      '1234567',
    ]
    const embeddings: LlamaEmbedding[] = []
    for (const text of texts) embeddings.push(await context.getEmbeddingFor(text))
    const similarities = embeddings.flatMap((left, index) =>
      embeddings.slice(index + 1).map((right) => left.calculateCosineSimilarity(right)),
    )
    expect(Math.max(...similarities)).toBeLessThan(0.98)
    const near = await context.getEmbeddingFor('the cat sat on a mat')
    expect(near.calculateCosineSimilarity(embeddings[0] as LlamaEmbedding)).toBeGreaterThan(Math.max(...similarities))
    await model.dispose()
  })

  it('has a template for which the library chooses exactly the wrapper that the runtime makes at once', async () => {
    const { model } = chat
    const { template } = chat.chatWrapper as JinjaTemplateChatWrapper
    const own = new JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer })
    expect(template).toBe(DEMO_CHAT_TEMPLATE)
    expect(chat.chatWrapper.wrapperName).toBe(own.wrapperName)
    expect(own.settings).toEqual(chat.chatWrapper.settings)
    const chatHistory: ChatHistoryItem[] = [user('Say hello'), { type: 'model', response: [] }]
    const texts = [own, chat.chatWrapper].map((wrapper) =>
      wrapper.generateContextState({ chatHistory, availableFunctions: weatherTool }).contextText.toString(),
    )
    expect(texts[0]).toBe(texts[1])
  })

  it.each(['Tell me a story', 'help', 'Show me a table', 'Anything', '你好', 'Why?'])(
    'reads its answer to "%s" back as the tokens that it wrote',
    async (question) => {
      const written: Token[] = []
      const { text } = await ask(question, { onToken: (tokens) => written.push(...tokens) })
      expect(chat.model.tokenize(text, true)).toEqual(written)
    },
  )

  it('follows the newest turn behind 20 000 tokens that are full of keywords', async () => {
    const short = chat
    chat = await openChat(models.demoLong, 24_576)
    const filler = 'a story about code and a table '.repeat(1550)
    expect(chat.model.tokenize(filler).length).toBeGreaterThan(20_000)
    const past: ChatHistoryItem[] = [user(filler), { type: 'model', response: ['Noted, thanks a lot.'] }]
    expect((await ask([...past, user('Tell me a joke')])).text).toMatch(/^What did the signal say/)
    expect((await ask([...past, user('What is the capital of France?')], { maxTokens: 20 })).text).toMatch(
      /^I am Switch/,
    )
    await chat.model.dispose()
    chat = short
  })
})
