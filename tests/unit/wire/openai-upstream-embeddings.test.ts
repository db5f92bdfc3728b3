import { describe, expect, test } from 'vitest'
import {
  embeddingBatches,
  readEmbeddings,
  toEmbeddingBody,
} from '../../../src/main/engine/wire/openai/upstream-embeddings.ts'

const entry = (index: number, embedding: unknown) => ({ object: 'embedding', index, embedding })

describe('readEmbeddings', () => {
  test('puts vectors in the order of their inputs and makes their length 1', () => {
    const base64 = Buffer.from(new Float32Array([0, 5]).buffer).toString('base64')
    const answer = { data: [entry(1, base64), entry(0, [3, 4]), entry(2, [[1, 0]])], usage: { prompt_tokens: 7 } }
    const { embeddings, promptTokens } = readEmbeddings(answer, 3, 'x')
    expect(embeddings).toEqual([new Float32Array([0.6, 0.8]), new Float32Array([0, 1]), new Float32Array([1, 0])])
    expect(promptTokens).toBe(7)
  })

  test('takes a bare list, without indexes', () => {
    expect(readEmbeddings([{ embedding: [1] }, { embedding: [2] }], 2, 'x').embeddings).toHaveLength(2)
  })

  test('a vector of nothing stays one', () => {
    expect(readEmbeddings({ data: [entry(0, [0, 0])] }, 1, 'x').embeddings).toEqual([new Float32Array([0, 0])])
  })

  test.each([
    [{ data: [entry(0, [1])] }, 'gave 1 vectors for 2 texts'],
    [{ data: [entry(0, [1]), entry(0, [1])] }, 'gave 2 vectors for 2 texts'],
    [{ data: [entry(0, [1]), entry(9, [1])] }, 'gave 2 vectors for 2 texts'],
    [{ data: [entry(0, ['a']), entry(1, [1])] }, 'no vector'],
    [{ data: [entry(0, 'AAA='), entry(1, [1])] }, 'no vector'],
    [{ data: [entry(0, []), entry(1, [1])] }, 'no vector'],
    [{}, 'gave 0 vectors'],
    [{ error: { message: 'too long' } }, 'too long'],
  ])('%j is refused', (answer, reason) => {
    expect(() => readEmbeddings(answer, 2, 'x')).toThrow(reason)
  })
})

test('batches and bodies', () => {
  const inputs = Array.from({ length: 300 }, (_each, index) => String(index))
  expect(embeddingBatches(inputs, false).map((batch) => batch.length)).toEqual([128, 128, 44])
  expect(embeddingBatches(inputs, true).flat()).toEqual(inputs)
  expect(toEmbeddingBody(['a'], 8, 'm', { embeddingsBase64: true })).toEqual({
    model: 'm',
    input: ['a'],
    dimensions: 8,
    encoding_format: 'base64',
  })
  expect(toEmbeddingBody(['a'], undefined, 'm', { embeddingsBase64: false })).toEqual({
    model: 'm',
    input: ['a'],
    encoding_format: 'float',
  })
})
