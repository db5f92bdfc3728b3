import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'

const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const
const PERSON = {
  type: 'object',
  properties: { title: { type: 'string' }, age: { type: 'integer' }, ok: { type: 'boolean' } },
  required: ['title', 'age', 'ok'],
  additionalProperties: false,
} as const

let serve: ServeProcess
beforeAll(async () => {
  serve = await startServe()
})
afterAll(async () => {
  await serve?.end()
})

describe('the official openai client', () => {
  let client: OpenAI
  beforeAll(() => {
    client = new OpenAI({ baseURL: `${serve.url}/v1`, apiKey: 'any', maxRetries: 0 })
  })

  it('lists models', async () => {
    const ids = []
    for await (const model of client.models.list()) ids.push(model.id)
    expect(ids).toContain('demo')
    expect(await client.models.retrieve('demo')).toMatchObject({ id: 'demo', object: 'model' })
  })

  it('gets the same answer whole and streamed, with usage', async () => {
    const messages = [{ role: 'user', content: 'Tell me a story' }] as const
    const whole = await client.chat.completions.create({
      model: 'demo',
      messages: [...messages],
      temperature: 0,
      max_tokens: 60,
    })
    const stream = await client.chat.completions.create({
      model: 'demo',
      messages: [...messages],
      temperature: 0,
      max_tokens: 60,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let finish: string | null = null
    let usage: OpenAI.CompletionUsage | null | undefined = null
    let chunks = 0
    for await (const chunk of stream) {
      chunks++
      text += chunk.choices[0]?.delta.content ?? ''
      finish = chunk.choices[0]?.finish_reason ?? finish
      usage = chunk.usage ?? usage
    }
    expect(text).toBe(whole.choices[0]?.message.content)
    expect(text.length).toBeGreaterThan(20)
    expect(chunks).toBeGreaterThan(3)
    expect(finish).toBe('length')
    expect(whole.choices[0]?.finish_reason).toBe('length')
    expect(usage).toMatchObject({ completion_tokens: 60, prompt_tokens: whole.usage?.prompt_tokens })
    expect(whole.usage?.total_tokens).toBe((whole.usage?.prompt_tokens ?? 0) + 60)
  })

  it('ends with stop when the model ends', async () => {
    const whole = await client.chat.completions.create({
      model: 'demo',
      messages: [{ role: 'user', content: 'Hello' }],
    })
    expect(whole.choices[0]?.finish_reason).toBe('stop')
    expect(whole.choices[0]?.message.content).toBeTruthy()
  })

  it('stops at a stop string and repeats itself with a seed', async () => {
    const ask = (extra: object) =>
      client.chat.completions.create({ model: 'demo', messages: [{ role: 'user', content: 'Hello' }], ...extra })
    const whole = (await ask({ temperature: 0 })).choices[0]?.message.content ?? ''
    const word = whole.split(/\s+/)[4] ?? ''
    const cut = (await ask({ temperature: 0, stop: [word] })).choices[0]
    expect(cut?.finish_reason).toBe('stop')
    expect(cut?.message.content).not.toContain(word)
    const dice = async () =>
      (
        await client.chat.completions.create({
          model: 'demo',
          messages: [{ role: 'user', content: 'Roll the dice' }],
          temperature: 1.5,
          seed: 7,
        })
      ).choices[0]?.message.content
    expect(await dice()).toBe(await dice())
  })

  it('gets a tool call, whole and streamed, and an answer to its result', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'What is the weather in Paris?' }]
    const whole = await client.chat.completions.create({ model: 'demo', messages, tools: [WEATHER] })
    const call = whole.choices[0]?.message.tool_calls?.[0]
    expect(whole.choices[0]?.finish_reason).toBe('tool_calls')
    if (call?.type !== 'function') throw new Error('no function call')
    expect(call.function.name).toBe('get_weather')
    expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) })

    const runner = client.chat.completions.stream({ model: 'demo', messages, tools: [WEATHER] })
    const streamed = await runner.finalChatCompletion()
    expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'get_weather' } })

    const after = await client.chat.completions.create({
      model: 'demo',
      tools: [WEATHER],
      messages: [
        ...messages,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: call.id, content: '{"temperature":21}' },
      ],
    })
    expect(after.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringMatching(/\w/) } })
  })

  it('gets output of a JSON schema, and of JSON mode', async () => {
    const schema = await client.chat.completions.create({
      model: 'demo',
      messages: [{ role: 'user', content: 'Describe a person' }],
      response_format: { type: 'json_schema', json_schema: { name: 'person', schema: PERSON } },
    })
    expect(JSON.parse(schema.choices[0]?.message.content ?? '')).toEqual({
      title: expect.any(String),
      age: expect.any(Number),
      ok: expect.any(Boolean),
    })
    const json = await client.chat.completions.create({
      model: 'demo',
      messages: [{ role: 'user', content: 'Give me json' }],
      response_format: { type: 'json_object' },
    })
    expect(JSON.parse(json.choices[0]?.message.content ?? '')).toBeTypeOf('object')
  })

  it('gets embeddings, single and batch, float and base64', async () => {
    // The client asks for base64 by itself and decodes it.
    const batch = await client.embeddings.create({ model: 'demo', input: ['red fox', 'blue whale'] })
    const floats = await client.embeddings.create({ model: 'demo', input: 'red fox', encoding_format: 'float' })
    expect(batch.data.map((each) => each.index)).toEqual([0, 1])
    expect(batch.data[0]?.embedding).toHaveLength(floats.data[0]?.embedding.length ?? -1)
    expect(batch.data[0]?.embedding[0]).toBeCloseTo(floats.data[0]?.embedding[0] ?? Number.NaN, 4)
    expect(batch.usage.prompt_tokens).toBeGreaterThan(0)
  })

  it('gets an unknown model as its NotFoundError', async () => {
    const ask = client.chat.completions.create({ model: 'nobody', messages: [{ role: 'user', content: 'x' }] })
    await expect(ask).rejects.toThrow(OpenAI.NotFoundError)
  })
})

describe('the official ollama client', () => {
  let client: Ollama
  beforeAll(() => {
    client = new Ollama({ host: serve.url })
  })

  it('lists, shows and names the version', async () => {
    expect((await client.list()).models.map((model) => model.name)).toContain('demo:latest')
    expect(await client.show({ model: 'demo' })).toMatchObject({ details: { format: 'gguf', family: 'llama' } })
    expect(await client.version()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) })
  })

  it('gets the same chat whole and streamed, with counts', async () => {
    const request = {
      model: 'demo',
      messages: [{ role: 'user', content: 'Tell me a story' }],
      options: { temperature: 0, num_predict: 40 },
    }
    const whole = await client.chat(request)
    let text = ''
    let last: Awaited<ReturnType<typeof client.chat>> | undefined
    for await (const part of await client.chat({ ...request, stream: true })) {
      text += part.message.content
      last = part
    }
    expect(text).toBe(whole.message.content)
    expect(last).toMatchObject({ done: true, done_reason: 'length', eval_count: 40 })
    expect(whole).toMatchObject({ done: true, done_reason: 'length', eval_count: 40 })
    expect(whole.total_duration).toBeGreaterThan(whole.eval_duration)
    expect((await client.ps()).models.map((model) => model.name)).toContain('demo:latest')
  })

  it('generates, thinks, calls a tool and keeps to a schema', async () => {
    expect((await client.generate({ model: 'demo', prompt: 'Hello' })).response).toBeTruthy()
    const thought = await client.chat({
      model: 'demo',
      messages: [{ role: 'user', content: 'Think about it: why?' }],
      think: true,
    })
    expect(thought.message.thinking).toBeTruthy()
    expect(thought.message.content).toBeTruthy()
    const tool = await client.chat({
      model: 'demo',
      messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
      tools: [WEATHER as unknown as NonNullable<Parameters<typeof client.chat>[0]['tools']>[number]],
    })
    expect(tool.message.tool_calls?.[0]?.function).toMatchObject({
      name: 'get_weather',
      arguments: { city: expect.any(String) },
    })
    const schema = await client.chat({
      model: 'demo',
      messages: [{ role: 'user', content: 'A person' }],
      format: PERSON,
    })
    expect(JSON.parse(schema.message.content)).toMatchObject({ age: expect.any(Number) })
  })

  it('embeds a batch, normalised', async () => {
    const { embeddings } = await client.embed({ model: 'demo', input: ['red fox', 'blue whale'] })
    expect(embeddings).toHaveLength(2)
    expect(Math.hypot(...(embeddings[0] ?? []))).toBeCloseTo(1, 3)
  })

  it('gets an unknown model as a 404', async () => {
    const ask = client.chat({ model: 'nobody', messages: [{ role: 'user', content: 'x' }] })
    await expect(ask).rejects.toMatchObject({ status_code: 404 })
  })
})
