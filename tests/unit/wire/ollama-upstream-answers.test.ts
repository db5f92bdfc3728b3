import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { StreamPart } from '../../../src/main/engine/spec/stream-part.ts'
import { OllamaAnswer } from '../../../src/main/engine/wire/ollama/upstream-answer.ts'
import { ollamaVectors, ownVector, unitVector } from '../../../src/main/engine/wire/ollama/upstream-embed.ts'
import { ollamaErrorCode, ollamaRefusal } from '../../../src/main/engine/wire/ollama/upstream-errors.ts'

function read(...lines: string[]): StreamPart[] {
  const answer = new OllamaAnswer()
  return lines.flatMap((line) => answer.read(line))
}

describe('OllamaAnswer', () => {
  // Recorded from Ollama 0.13.5.
  const THINKING =
    '{"model":"qwen3:32b","created_at":"2026-01-10T16:55:30.915663454Z","message":{"role":"assistant","content":"","thinking":"Okay"},"done":false}'
  const TEXT =
    '{"model":"qwen3:32b","created_at":"2026-01-10T16:55:30.915663454Z","message":{"role":"assistant","content":"Hi \\u00e9"},"done":false}'
  const LAST =
    '{"model":"qwen3:32b","created_at":"2026-01-10T16:55:31.156677988Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"length","total_duration":328393900,"load_duration":40996735,"prompt_eval_count":22,"prompt_eval_duration":15246873,"eval_count":20,"eval_duration":265432931}'
  const RAW = {
    total_duration: 328_393_900,
    load_duration: 40_996_735,
    prompt_eval_count: 22,
    prompt_eval_duration: 15_246_873,
    eval_count: 20,
    eval_duration: 265_432_931,
  }

  test('thinking, text, usage and end of a chat', () => {
    expect(read(THINKING, TEXT, LAST)).toEqual([
      { type: 'reasoning-delta', text: 'Okay' },
      { type: 'text-delta', text: 'Hi é' },
      {
        type: 'usage',
        usage: { promptTokens: 22, completionTokens: 20, raw: RAW },
        timings: { queueMs: 0, loadMs: 40.996735, promptMs: 15.246873, generateMs: 265.432931 },
      },
      { type: 'finish', reason: 'length', raw: 'length' },
    ])
  })

  test('is done with its last line alone', () => {
    const answer = new OllamaAnswer()
    answer.read(TEXT)
    expect(answer.isDone).toBe(false)
    answer.read(LAST)
    expect(answer.isDone).toBe(true)
  })

  test('generate', () => {
    expect(
      read(
        '{"response":"","thinking":"hm","done":false}',
        '{"response":"Hi","done":false}',
        '{"response":"","done":true,"done_reason":"stop","context":[1,2],"eval_count":2}',
      ),
    ).toEqual([
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'text-delta', text: 'Hi' },
      {
        type: 'usage',
        usage: { promptTokens: 0, completionTokens: 2, raw: { eval_count: 2 } },
        timings: { queueMs: 0, loadMs: 0, promptMs: 0, generateMs: 0 },
      },
      { type: 'finish', reason: 'stop', raw: 'stop' },
    ])
  })

  test('tool calls are whole, in one line or several, with ids of their own', () => {
    const one =
      '{"message":{"role":"assistant","content":"","tool_calls":[{"id":"call_d1imwj4g","function":{"index":0,"name":"a","arguments":{"x":1}}},{"function":{"name":"b","arguments":{}}}]},"done":false}'
    const two =
      '{"message":{"role":"assistant","content":"","tool_calls":[{"id":"call_d1imwj4g","function":{"index":0,"name":"a"}}]},"done":false}'
    const parts = read(one, two, '{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}')
    expect(parts).toEqual([
      { type: 'tool-call-delta', index: 0, id: 'call_d1imwj4g', name: 'a', argumentsDelta: '{"x":1}' },
      { type: 'tool-call-delta', index: 1, id: expect.stringMatching(/^call_.+/), name: 'b', argumentsDelta: '{}' },
      { type: 'tool-call-delta', index: 2, id: expect.stringMatching(/^call_.+/), name: 'a', argumentsDelta: '{}' },
      { type: 'finish', reason: 'tool-calls', raw: 'stop' },
    ])
    expect(new Set(parts.map((part) => (part.type === 'tool-call-delta' ? part.id : '-'))).size).toBe(4)
  })

  test.each([
    ['load', 'stop'],
    ['unload', 'stop'],
    ['stop', 'stop'],
    ['length', 'length'],
    ['something new', 'other'],
  ])('done_reason %s', (raw, reason) => {
    expect(read(JSON.stringify({ message: { content: '' }, done: true, done_reason: raw }))).toEqual([
      { type: 'finish', reason, raw },
    ])
  })

  test('releases that give no reason have stopped', () => {
    expect(read('{"done":true}')).toEqual([{ type: 'finish', reason: 'stop', raw: 'stop' }])
  })

  test.each([
    ['{"error":"unexpected EOF"}', 'error'],
    ['{"mess', 'not-ollama'],
    ['[1]', 'not-ollama'],
    ['null', 'not-ollama'],
    ['{"message":{"tool_calls":[{"function":{}}]}}', 'not-ollama'],
    ['{"message":{"tool_calls":[7]}}', 'not-ollama'],
  ])('%s is an odd line', (line, kind) => {
    expect(() => read(line)).toThrow(expect.objectContaining({ kind }))
  })
})

describe('errors', () => {
  test.each([
    ['model "x" not found, try pulling it first', 'model_not_found'],
    ["model 'x' not found", 'model_not_found'],
    ['the input length exceeds the context length', 'context_length_exceeded'],
    ['input length exceeds maximum context length', 'context_length_exceeded'],
    ['model requires more system memory (18.9 GiB) than is available (7.1 GiB)', 'out_of_memory'],
    ['registry.ollama.ai/library/gemma:2b does not support tools', 'unsupported'],
    ['this model does not support embeddings', 'unsupported'],
    ['server busy, please try again.  maximum pending requests exceeded', 'queue_full'],
    ['llama runner process has terminated: exit status 2', 'runtime_crashed'],
    ['unable to load model: /root/.ollama/models/blobs/sha256-1', 'model_load_failed'],
    ['option "num_ctx" must be of type integer', null],
    ['unexpected EOF', null],
  ])('%s', (words, code) => {
    expect(ollamaErrorCode(words)).toBe(code)
  })

  test("a refusal takes the meaning of Ollama's words and keeps the rest", () => {
    const upstream = { provider: 'ollama', status: 500, bodyExcerpt: '{"error":"llama runner process has terminated"}' }
    const plain = new EngineError('upstream_error', 'Workstation: llama runner process has terminated', {
      upstream,
      retryable: true,
      status: 500,
      detail: 'd',
    })
    expect(ollamaRefusal(plain)).toMatchObject({
      code: 'runtime_crashed',
      message: plain.message,
      retryable: true,
      status: 500,
      detail: 'd',
      upstream,
    })
    const other = new EngineError('upstream_error', 'x', { upstream: { provider: 'ollama', bodyExcerpt: '<html>' } })
    expect(ollamaRefusal(other)).toBe(other)
  })
})

describe('vectors', () => {
  test('of both calls', () => {
    expect(ollamaVectors({ embeddings: [[1, 2]], prompt_eval_count: 3, load_duration: 2_000_000 })).toEqual({
      vectors: [[1, 2]],
      promptTokens: 3,
      loadMs: 2,
    })
    expect(ollamaVectors({ embedding: [1] })).toEqual({ vectors: [[1]], promptTokens: 0, loadMs: 0 })
    expect(ollamaVectors('hello').vectors).toEqual([])
  })

  test('of the newer call as the server gave them, but for a cut that it did not make', () => {
    expect(ownVector([0.1, 0.2])).toEqual(Float32Array.of(0.1, 0.2))
    expect(ownVector([0.1, 0.2], 2)).toEqual(Float32Array.of(0.1, 0.2))
    expect([...ownVector([3, 4, 12], 2)]).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)])
  })

  test('at length 1, cut where asked', () => {
    expect([...unitVector([3, 4])]).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)])
    expect([...unitVector([3, 4, 12], 2)]).toEqual([expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)])
    expect([...unitVector([0, 0])]).toEqual([0, 0])
  })
})
