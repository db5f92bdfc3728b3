import { describe, expect, test } from 'vitest'
import { applyOllamaParameters } from '../../../../src/main/engine/wire/parameters/ollama-parameters.ts'
import { applyOpenAiParameters } from '../../../../src/main/engine/wire/parameters/openai-parameters.ts'
import { unescapeStop } from '../../../../src/main/engine/wire/parameters/stop-escapes.ts'

describe('parameters over an OpenAI body', () => {
  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ temperature: '0.5' }, { temperature: 0.5 }],
    [{ top_p: '0.9' }, { top_p: 0.9 }],
    [{ min_p: 0.05 }, { min_p: 0.05 }],
    [{ frequency_penalty: '1.1' }, { frequency_penalty: 1.1 }],
    [{ presence_penalty: '-1' }, { presence_penalty: -1 }],
    [{ max_tokens: '128' }, { max_tokens: 128 }],
    [{ max_tokens: 128.9 }, { max_tokens: 128 }],
    [{ reasoning_effort: 'high' }, { reasoning_effort: 'high' }],
    [{ reasoning_effort: 3 }, { reasoning_effort: '3' }],
    [{ seed: 42 }, { seed: 42 }],
    [{ seed: '42' }, { seed: '42' }],
    [{ logit_bias: '1:5' }, { logit_bias: '1:5' }],
    [{ stop: ['\\n', 'Ende – ü\\t'] }, { stop: ['\n', 'Ende – ü\t'] }],
    [{ stop: 'END' }, { stop: ['END'] }],
    [{ response_format: { type: 'json_object' } }, { response_format: { type: 'json_object' } }],
    [{ response_format: '{"type":"json_object"}' }, { response_format: { type: 'json_object' } }],
    [
      { top_k: 40, anything: { a: 1 } },
      { top_k: 40, anything: { a: 1 } },
    ],
    [{ temperature: null, seed: undefined }, {}],
    [{ stream_response: true, stream_delta_chunk_size: 4, function_calling: 'native' }, {}],
    [{ reasoning_tags: ['<a>', '</a>'], compact_token_threshold: 9, system: 'S' }, {}],
    [{ custom_params: { top_a: '0.5', note: 'not json', on: 'true' } }, { top_a: 0.5, note: 'not json', on: true }],
    [
      { provider: { order: ['a'], keep: 1 }, custom_params: { provider: '{"order":["b"],"deep":{"x":1}}' } },
      { provider: { order: ['b'], keep: 1, deep: { x: 1 } } },
    ],
    [{ temperature: 1, custom_params: { temperature: '0.2' } }, { temperature: 0.2 }],
    [{ temperature: 1, custom_params: { temperature: 'null' } }, {}],
    [{ custom_params: { system: 'S', function_calling: 'native' } }, {}],
    [{ custom_params: 'nonsense' }, {}],
  ])('%j becomes %j', (parameters, fields) => {
    expect(applyOpenAiParameters({ model: 'm' }, parameters)).toEqual({ model: 'm', ...fields })
  })

  test('a parameter replaces what the body says, and neither argument is changed', () => {
    const body = { temperature: 0, metadata: { a: 1 } }
    const parameters = { temperature: 1, metadata: { b: 2 }, custom_params: { metadata: { c: '3' } } }
    expect(applyOpenAiParameters(body, parameters)).toEqual({ temperature: 1, metadata: { b: 2, c: '3' } })
    expect(body).toEqual({ temperature: 0, metadata: { a: 1 } })
    expect(parameters.metadata).toEqual({ b: 2 })
  })

  test.each([
    [{ temperature: 'hot' }, `Invalid 'temperature': expected a number, received "hot".`],
    [{ temperature: '' }, `Invalid 'temperature': expected a number, received "".`],
    [{ max_tokens: [1] }, `Invalid 'max_tokens': expected a number, received [1].`],
    [{ stop: [1] }, `Invalid 'stop': expected a list of texts, received [1].`],
    [{ response_format: 'json' }, `Invalid 'response_format': expected an object, received "json".`],
    [{ reasoning_effort: {} }, `Invalid 'reasoning_effort': expected a text, received {}.`],
  ])('%j is refused by name', (parameters, message) => {
    expect(() => applyOpenAiParameters({}, parameters)).toThrow(message)
  })

  test('no parameter reaches the prototype of anything', () => {
    const parameters = JSON.parse('{"custom_params":{"__proto__":{"polluted":true},"a":{"__proto__":{"polluted":1}}}}')
    const body = applyOpenAiParameters({}, parameters)
    expect((body as { polluted?: unknown }).polluted).toBeUndefined()
    expect((body.a as { polluted?: unknown }).polluted).toBeUndefined()
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('parameters over an Ollama body', () => {
  const FLOATS = ['temperature', 'top_p', 'min_p', 'mirostat_eta', 'mirostat_tau', 'repeat_penalty']
  const INTEGERS = ['mirostat', 'num_ctx', 'num_batch', 'num_keep', 'num_predict', 'repeat_last_n', 'top_k', 'num_gpu']

  test.each([...FLOATS, 'presence_penalty', 'frequency_penalty'])('%s is a fraction among the options', (name) => {
    expect(applyOllamaParameters({}, { [name]: '1.5' })).toEqual({ options: { [name]: 1.5 } })
  })

  test.each([...INTEGERS, 'num_thread'])('%s is a whole number among the options', (name) => {
    expect(applyOllamaParameters({}, { [name]: '7.9' })).toEqual({ options: { [name]: 7 } })
  })

  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ use_mmap: 'false', use_mlock: 1 }, { options: { use_mmap: false, use_mlock: true } }],
    [{ seed: 3 }, { options: { seed: 3 } }],
    [{ stop: ['\\n'] }, { options: { stop: ['\n'] } }],
    [{ max_tokens: '64' }, { options: { num_predict: 64 } }],
    [{ tfs_z: 0.9 }, { options: { tfs_z: 0.9 } }],
    [{ custom_params: { num_ctx: '8192' } }, { options: { num_ctx: 8192 } }],
    [{ format: 'json' }, { format: 'json' }],
    [{ format: '{"type":"object"}' }, { format: { type: 'object' } }],
    [{ keep_alive: '5m' }, { keep_alive: '5m' }],
    [{ keep_alive: '-1' }, { keep_alive: -1 }],
    [{ think: 'high' }, { think: 'high' }],
    [{ think: false, temperature: null }, { think: false }],
    [{ system: 'S', stream_response: false }, {}],
  ])('%j becomes %j', (parameters, fields) => {
    expect(applyOllamaParameters({}, parameters)).toEqual(fields)
  })

  test('options of the caller that no parameter names stay', () => {
    const body = { model: 'm', options: { top_k: 1, temperature: 0 } }
    expect(applyOllamaParameters(body, { temperature: 1 })).toEqual({
      model: 'm',
      options: { top_k: 1, temperature: 1 },
    })
    expect(applyOllamaParameters(body, {})).toEqual(body)
    expect(body.options.temperature).toBe(0)
  })
})

describe('unescapeStop', () => {
  test.each([
    ['\\n\\r\\t', '\n\r\t'],
    ['a\\\\nb', 'a\\nb'],
    ['\\x41\\u00e9\\U0001F642\\101', 'Aé🙂A'],
    [`\\"quoted\\'`, `"quoted'`],
    ['früher – 漢字 🙂\\n', 'früher – 漢字 🙂\n'],
    ['C:\\dir', 'C:\\dir'],
    ['\\q\\', '\\q\\'],
    ['\\UFFFFFFFF', '\\UFFFFFFFF'],
    ['plain', 'plain'],
  ])('%j means %j', (typed, meant) => {
    expect(unescapeStop(typed)).toBe(meant)
  })
})
