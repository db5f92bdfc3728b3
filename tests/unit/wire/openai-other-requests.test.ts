import { describe, expect, test } from 'vitest'
import { decodeOpenAiCompletion } from '../../../src/main/engine/wire/openai/completion-request.ts'
import { decodeOpenAiEmbeddings, openAiEmbeddingPieces } from '../../../src/main/engine/wire/openai/embeddings.ts'

describe('decodeOpenAiCompletion', () => {
  test('text, suffix and sampling', () => {
    const body = {
      model: 'm',
      prompt: ['Once'],
      suffix: 'end',
      max_tokens: 4,
      stop: '\n',
      stream: true,
      echo: false,
      best_of: 1,
    }
    expect(decodeOpenAiCompletion(body)).toEqual({
      request: { model: 'm', prompt: 'Once', suffix: 'end', sampling: { maxTokens: 4, stop: ['\n'] } },
      stream: true,
      includeUsage: false,
    })
  })

  test('logit_bias may be a text', () => {
    const { sampling } = decodeOpenAiCompletion({ model: 'm', prompt: 'a', logit_bias: '50256:-100' }).request
    expect(sampling).toEqual({ logitBias: { '50256': -100 } })
  })

  test.each([
    [{ model: 'm', prompt: [1, 2] }, /token arrays/],
    [{ model: 'm', prompt: ['a', 'b'] }, /Several prompts/],
    [{ model: 'm', prompt: 'a', echo: true }, /'echo' is not supported/],
    [{ model: 'm', prompt: 'a', logprobs: 3 }, /'logprobs' is not supported/],
    [{ model: 'm' }, "Missing required parameter: 'prompt'."],
  ])('refuses %j', (body, message) => {
    expect(() => decodeOpenAiCompletion(body)).toThrow(message)
  })
})

describe('decodeOpenAiEmbeddings', () => {
  test('a batch', () => {
    expect(decodeOpenAiEmbeddings({ model: 'm', input: ['a', 'b'], dimensions: 2, encoding_format: 'base64' })).toEqual(
      {
        request: { model: 'm', inputs: ['a', 'b'], dimensions: 2, truncate: false },
        encoding: 'base64',
      },
    )
  })

  test.each([
    [{ model: 'm', input: [1, 2, 3] }, /token arrays are not accepted/],
    [{ model: 'm', input: [[1, 2]] }, /token arrays are not accepted/],
    [{ model: 'm', input: [] }, /at least one/],
    [{ model: 'm', input: '' }, "Invalid 'input': it must not be empty."],
    [{ model: 'm', input: ['a', ''] }, "Invalid 'input[1]': it must not be empty."],
    [{ model: 'm', input: 'a', encoding_format: 'int8' }, /encoding_format/],
  ])('refuses %j', (body, message) => {
    expect(() => decodeOpenAiEmbeddings(body)).toThrow(message)
  })

  test('both number formats say the same', () => {
    const vector = new Float32Array([0.1, -2, 3e-8])
    const result = { embeddings: [vector, vector], promptTokens: 4, loadMs: 0, totalMs: 0 }
    const float = JSON.parse([...openAiEmbeddingPieces('m', 'float', result)].join(''))
    const base64 = JSON.parse([...openAiEmbeddingPieces('m', 'base64', result)].join(''))
    expect(float).toEqual({
      object: 'list',
      data: [0, 1].map((index) => ({ object: 'embedding', index, embedding: [0.1, -2, 3e-8] })),
      model: 'm',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    })
    const bytes = Buffer.from(base64.data[1].embedding, 'base64')
    expect([0, 4, 8].map((at) => bytes.readFloatLE(at))).toEqual([...vector])
  })
})
