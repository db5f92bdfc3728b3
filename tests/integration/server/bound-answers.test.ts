import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'

const PERSON = {
  type: 'object',
  properties: { name: { type: 'string', pattern: '^[A-Z]' }, age: { type: 'integer', minimum: 18, maximum: 99 } },
  required: ['name', 'age'],
}
const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const
const PING = { type: 'function', function: { name: 'ping' } } as const
const NOT_SENT = 'x-switchyard-not-sent'

let serve: ServeProcess
let openai: OpenAI
let ollama: Ollama
beforeAll(async () => {
  serve = await startServe()
  openai = new OpenAI({ baseURL: `${serve.url}/v1`, apiKey: 'any', maxRetries: 0 })
  ollama = new Ollama({ host: serve.url })
})
afterAll(() => serve?.end())

const asked = (content: string) => ({ model: 'demo', messages: [{ role: 'user' as const, content }] })

describe('the official openai client', () => {
  test('gets the call that it requires, whole and streamed', async () => {
    const request = { ...asked('Tell me a joke'), tools: [WEATHER, PING], tool_choice: 'required' as const }
    const whole = await openai.chat.completions.create({ ...request, parallel_tool_calls: false })
    expect(whole.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } })
    expect(whole.choices[0]?.message.tool_calls).toHaveLength(1)

    const named = { type: 'function' as const, function: { name: 'get_weather' } }
    const stream = await openai.chat.completions.create({ ...request, tool_choice: named, stream: true })
    let name = ''
    let text = ''
    let finish: string | null = null
    let deltas = 0
    for await (const { choices } of stream) {
      const call = choices[0]?.delta.tool_calls?.[0]?.function
      name += call?.name ?? ''
      text += call?.arguments ?? ''
      if (call?.arguments) deltas += 1
      finish = choices[0]?.finish_reason ?? finish
      expect(choices[0]?.delta.content ?? '').toBe('')
    }
    expect({ name, finish }).toEqual({ name: 'get_weather', finish: 'tool_calls' })
    expect(deltas).toBeGreaterThan(0)
    expect(JSON.parse(text)).toEqual({ city: expect.any(String) })
  })

  test('may bring tools and a schema, and is told what the schema asks in vain', async () => {
    const format = { type: 'json_schema' as const, json_schema: { name: 'person', schema: PERSON } }
    const { data, response } = await openai.chat.completions
      .create({ ...asked('Describe Berlin'), tools: [WEATHER], response_format: format })
      .withResponse()
    expect(JSON.parse(data.choices[0]?.message.content ?? '')).toEqual({
      name: expect.any(String),
      age: expect.toSatisfy((age: number) => age >= 18 && age <= 99),
    })
    expect(response.headers.get(NOT_SENT)).toBe('response_format.json_schema.schema.properties.name.pattern')
    const call = await openai.chat.completions.create({
      ...asked('What is the weather in Paris?'),
      tools: [WEATHER],
      response_format: format,
    })
    expect(call.choices[0]?.finish_reason).toBe('tool_calls')
  })

  test('gets any JSON', async () => {
    for (const question of ['hello', 'Why is the sky blue?']) {
      const answer = await openai.chat.completions.create({
        ...asked(question),
        response_format: { type: 'json_object' },
      })
      expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toBeTypeOf('object')
    }
  })
})

describe('the official ollama client', () => {
  test.each(['json', PERSON])('gets JSON by format %j, from chat and generate', async (format) => {
    for (const question of ['hello', 'Why is the sky blue?']) {
      const { message } = await ollama.chat({ ...asked(question), format })
      expect(JSON.parse(message.content)).toBeTypeOf('object')
      const { response } = await ollama.generate({ model: 'demo', prompt: question, format })
      expect(JSON.parse(response ?? '')).toBeTypeOf('object')
      const raw = await ollama.generate({ model: 'demo', prompt: question, format, raw: true })
      expect(JSON.parse(raw.response ?? '')).toBeTypeOf('object')
    }
  })
})
