import { describe, expect, test } from 'vitest'
import { decodeOllamaChat } from '../../../src/main/engine/wire/ollama/chat-request.ts'
import { decodeOllamaEmbed, decodeOllamaEmbeddings } from '../../../src/main/engine/wire/ollama/embed.ts'
import { decodeOllamaGenerate } from '../../../src/main/engine/wire/ollama/generate-request.ts'

const PNG = 'iVBORw0KGgoAAAANSUhEUg'

describe('decodeOllamaChat', () => {
  test('streams and truncates unless told otherwise', () => {
    expect(decodeOllamaChat({ model: 'demo', messages: [{ role: 'user', content: 'Hi' }] })).toEqual({
      request: {
        model: 'demo',
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        sampling: {},
        runtime: { overflow: 'truncate' },
      },
      stream: true,
      notSent: [],
    })
  })

  test('every field arrives in its place', () => {
    const schema = { type: 'object' }
    const body = {
      model: 'demo:latest',
      messages: [
        { role: 'system', content: 'S' },
        { role: 'user', content: 'look', images: [PNG] },
        {
          role: 'assistant',
          content: '',
          thinking: 'hm',
          tool_calls: [
            { function: { name: 'a', arguments: { x: 1 } } },
            { id: 'call_z', function: { index: 1, name: 'b', arguments: {} } },
          ],
        },
        { role: 'tool', tool_name: 'b', content: 'rb' },
        { role: 'tool', content: 'ra' },
      ],
      tools: [{ type: 'function', function: { name: 'a', description: 'A', parameters: schema } }],
      format: schema,
      think: 'low',
      stream: false,
      keep_alive: -1,
      truncate: false,
      options: {
        num_ctx: 2048,
        num_predict: 9,
        temperature: 0,
        top_k: 40,
        top_p: 0.9,
        min_p: 0.05,
        seed: 3,
        repeat_penalty: 1.1,
        repeat_last_n: 64,
        presence_penalty: 0.1,
        frequency_penalty: 0.2,
        stop: ['END'],
        num_gpu: 0,
        num_thread: 2,
        num_batch: 128,
        use_mmap: false,
        use_mlock: true,
        mirostat: 2,
      },
    }
    expect(decodeOllamaChat(body)).toEqual({
      request: {
        model: 'demo:latest',
        messages: [
          { role: 'system', content: 'S' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'look' },
              { type: 'image', mediaType: 'image/png', data: PNG },
            ],
          },
          {
            role: 'assistant',
            content: '',
            reasoning: 'hm',
            toolCalls: [
              { id: 'call_1', name: 'a', arguments: '{"x":1}' },
              { id: 'call_z', name: 'b', arguments: '{}' },
            ],
          },
          { role: 'tool', toolCallId: 'call_z', toolName: 'b', content: 'rb' },
          { role: 'tool', toolCallId: 'call_1', toolName: 'a', content: 'ra' },
        ],
        tools: [{ name: 'a', description: 'A', parameters: schema }],
        responseFormat: { type: 'json-schema', schema },
        reasoning: { enabled: true, effort: 'low' },
        sampling: {
          temperature: 0,
          topK: 40,
          topP: 0.9,
          minP: 0.05,
          seed: 3,
          repeatPenalty: 1.1,
          repeatLastN: 64,
          presencePenalty: 0.1,
          frequencyPenalty: 0.2,
          maxTokens: 9,
          stop: ['END'],
        },
        runtime: {
          contextSize: 2048,
          gpuLayers: 0,
          threads: 2,
          batchSize: 128,
          mmap: false,
          mlock: true,
          options: { mirostat: 2 },
          keepAliveSeconds: -1,
          overflow: 'error',
        },
      },
      stream: false,
      notSent: [],
    })
  })

  test('roles in any case, images of a tool, probabilities', () => {
    const { request, notSent } = decodeOllamaChat({
      model: 'm',
      messages: [
        { role: 'User', content: 'draw' },
        { role: 'ASSISTANT', tool_calls: [{ id: 'c1', function: { name: 'draw', arguments: null } }] },
        { role: 'tool', content: 'done', images: [PNG] },
      ],
      logprobs: true,
      top_logprobs: 3,
      shift: false,
      options: { num_keep: 4, tfs_z: null },
    })
    expect(request.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'draw' }] },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'draw', arguments: '{}' }] },
      {
        role: 'tool',
        toolCallId: 'c1',
        toolName: 'draw',
        content: 'done',
        images: [{ type: 'image', mediaType: 'image/png', data: PNG }],
      },
    ])
    // Nothing reads them out of an answer, so nobody is asked for them.
    expect(notSent).toEqual(['logprobs', 'top_logprobs'])
    expect(request.extra).toBeUndefined()
    expect(request.runtime).toEqual({ overflow: 'truncate', shift: false, options: { num_keep: 4 } })
  })

  test("Ollama's values for no limit, random and automatic are absent", () => {
    const options = { num_predict: -2, seed: -1, num_gpu: -1, num_thread: 0 }
    const { request } = decodeOllamaChat({ model: 'm', messages: [], options })
    expect(request).toEqual({ model: 'm', messages: [], sampling: {}, runtime: { overflow: 'truncate' } })
  })

  test.each([
    [{ messages: [] }, 'model is required'],
    [{ model: '', messages: [] }, 'model is required'],
    [{ model: 'm', format: 'xml' }, 'invalid format: "xml"; expected "json" or a valid JSON Schema object'],
    [
      { model: 'm', options: { temperature: 'hot' } },
      "Invalid 'options.temperature': expected number, received string.",
    ],
    [{ model: 'm', think: 'max' }, /Invalid 'think'/],
    [{ model: 'm', logprobs: true, top_logprobs: 21 }, 'top_logprobs must be between 0 and 20'],
    [{ model: 'm', messages: [{ role: 'assistant', content: 'x', images: [PNG] }] }, /not of the assistant/],
    [{ model: 'm', messages: [{ role: 'robot', content: 'x' }] }, /messages\[0\]\.role/],
    [{ model: 'm', messages: [{ role: 'user', content: 'x', images: ['zzz'] }] }, /messages\[0\]\.images\[0\]/],
  ])('refuses %j', (body, message) => {
    expect(() => decodeOllamaChat(body)).toThrow(message)
  })
})

describe('decodeOllamaGenerate', () => {
  test('a prompt goes through the chat template', () => {
    expect(decodeOllamaGenerate({ model: 'm', prompt: 'Hi', system: 'S', format: 'json', think: false })).toEqual({
      kind: 'chat',
      stream: true,
      notSent: [],
      request: {
        model: 'm',
        messages: [
          { role: 'system', content: 'S' },
          { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
        ],
        responseFormat: { type: 'json' },
        reasoning: { enabled: false },
        sampling: {},
        runtime: { overflow: 'truncate' },
      },
    })
  })

  test.each([
    [{ raw: true }, {}],
    [{ suffix: ' end' }, { suffix: ' end' }],
  ])('%j is a raw completion', (extra, expected) => {
    expect(decodeOllamaGenerate({ model: 'm', prompt: 'Hi', stream: false, ...extra })).toEqual({
      kind: 'raw',
      stream: false,
      notSent: [],
      request: { model: 'm', prompt: 'Hi', sampling: {}, runtime: { overflow: 'truncate' }, ...expected },
    })
  })

  test('no prompt is a wish to load', () => {
    expect(decodeOllamaGenerate({ model: 'm', keep_alive: 0 })).toMatchObject({
      kind: 'load',
      request: { runtime: { keepAliveSeconds: 0 } },
    })
  })

  test.each([
    [{ model: 'm', prompt: 'x', raw: true, system: 's' }, 'raw mode does not support template, system, or context'],
    [{ model: 'm', prompt: 'x', context: [1, 2] }, "'context' is not supported"],
    [{ model: 'm', prompt: 'x', template: '{{ .Prompt }}' }, "'template' is not supported"],
    [{ prompt: 'x' }, 'model is required'],
    [{ model: 'm', prompt: 'x', raw: true, images: [PNG] }, "'images' cannot be sent along with 'raw' or 'suffix'"],
    [{ model: 'm', prompt: 'x', suffix: 'y', logprobs: true }, "'logprobs' is not supported"],
  ])('refuses %j', (body, message) => {
    expect(() => decodeOllamaGenerate(body)).toThrow(message)
  })
})

describe('embedding requests', () => {
  test.each([
    ['one', ['one']],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['', []],
    [undefined, []],
  ])('input %j', (input, inputs) => {
    expect(decodeOllamaEmbed({ model: 'm', input, dimensions: 2 })).toEqual({
      model: 'm',
      inputs,
      dimensions: 2,
      truncate: true,
      runtime: { overflow: 'truncate' },
    })
  })

  test.each([[5], [[1, 2]], [['a', 1]], [{}]])('refuses input %j', (input) => {
    expect(() => decodeOllamaEmbed({ model: 'm', input })).toThrow('invalid input type')
  })

  test('the older call has one prompt', () => {
    expect(decodeOllamaEmbeddings({ model: 'm', prompt: 'p' })).toEqual({
      model: 'm',
      inputs: ['p'],
      truncate: true,
      runtime: { overflow: 'truncate' },
    })
  })
})
