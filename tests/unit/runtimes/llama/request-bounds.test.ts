import { availableParallelism } from 'node:os'
import type { LlamaModel } from 'node-llama-cpp'
import { describe, expect, test } from 'vitest'
import { hintedKeepAlive, hintedOptions } from '../../../../src/main/engine/runtimes/llama/pool/effective-options.ts'
import { answerLimit, generationOptions } from '../../../../src/main/engine/runtimes/llama/worker/generation-options.ts'
import type { LlamaModule } from '../../../../src/main/engine/runtimes/llama/worker/native-runtime.ts'
import type { Sampling } from '../../../../src/main/engine/spec/chat-request.ts'

const CONTEXT = 4096
/** Neither model nor module is asked as long as there is no logit bias. */
const options = (sampling: Sampling) => generationOptions(sampling, {} as LlamaModel, {} as LlamaModule, CONTEXT)

describe('sampling numbers', () => {
  test.each([
    ['temperature', Number.NaN],
    ['temperature', Number.POSITIVE_INFINITY],
    ['topP', Number.NaN],
    ['topK', Number.NaN],
    ['minP', Number.NEGATIVE_INFINITY],
    ['seed', Number.NaN],
    ['seed', Number.POSITIVE_INFINITY],
    ['repeatPenalty', Number.NaN],
    ['repeatLastN', Number.NaN],
    ['frequencyPenalty', Number.POSITIVE_INFINITY],
    ['presencePenalty', Number.NaN],
  ])('%s %s is refused by name', (name, value) => {
    expect(() => options({ [name]: value })).toThrow(expect.objectContaining({ code: 'invalid_request', param: name }))
  })

  test('extreme ones are bounded', () => {
    expect(options({ temperature: -5, topP: 5, topK: -7, minP: 5 })).toMatchObject({
      temperature: 0,
      topP: 1,
      topK: 0,
      minP: 1,
    })
    expect(options({ topK: 1e12 }).topK).toBeLessThan(2 ** 31)
    expect(options({ topK: 1.5 }).topK).toBe(1)
    expect(options({ temperature: 1e30 }).temperature).toBe(1000)
  })

  test('any integer is a seed of 32 bits, the same each time', () => {
    for (const seed of [0, 7, -12_345, 2 ** 60, 1e300, 1.5]) {
      const { seed: taken } = options({ seed })
      expect(taken).toBeGreaterThanOrEqual(0)
      expect(taken).toBeLessThan(2 ** 32)
      expect(options({ seed }).seed).toBe(taken)
    }
  })

  test('the repeat penalty never looks back further than the context; -1 is all of it', () => {
    const lastTokens = (repeatLastN: number) => {
      const { repeatPenalty } = options({ repeatPenalty: 1.2, repeatLastN })
      return repeatPenalty === false ? 0 : repeatPenalty.lastTokens
    }
    expect([-1, -99, 0, 3.7, 64, 1e9, 1e15].map(lastTokens)).toEqual([CONTEXT, CONTEXT, 0, 3, 64, CONTEXT, CONTEXT])
    expect(options({ repeatPenalty: 0 }).repeatPenalty).toMatchObject({ penalty: 0.001 })
    expect(options({ frequencyPenalty: 1e38 }).repeatPenalty).toMatchObject({ frequencyPenalty: 1000 })
  })

  test('stop texts: each once, none empty, not too many', () => {
    expect(options({ stop: ['', 'a', 'a'] }).customStopTriggers).toEqual(['a'])
    expect(() => options({ stop: Array.from({ length: 300 }, (_, index) => `stop ${index}`) })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'stop' }),
    )
    expect(() => options({ stop: ['x'.repeat(20_000)] })).toThrow(expect.objectContaining({ param: 'stop' }))
  })

  test('an answer has a whole number of tokens and ends with the context', () => {
    expect([2.5, -3, undefined, 1e308, 0].map((asked) => answerLimit(asked, 96, CONTEXT))).toEqual([
      2, 3999, 3999, 3999, 0,
    ])
    expect(() => answerLimit(Number.NaN, 96, CONTEXT)).toThrow(expect.objectContaining({ param: 'maxTokens' }))
  })
})

describe('load wishes', () => {
  test('numbers that mean nothing are left out, extreme ones bounded', () => {
    const none = { contextSize: 0, threads: -1, batchSize: Number.NaN, gpuLayers: Number.NaN }
    expect(hintedOptions(none)).toEqual({})
    expect(hintedOptions({ contextSize: 700.5, threads: 100_000, batchSize: 1e9, gpuLayers: 1e9 })).toEqual({
      contextSize: 700,
      threads: availableParallelism(),
      batchSize: 65_536,
      gpuLayers: 10_000,
    })
    expect(hintedOptions({ contextSize: 1, gpuLayers: -1, mmap: false })).toEqual({
      contextSize: 64,
      gpuLayers: 'auto',
      mmap: false,
    })
    expect(hintedOptions(undefined)).toEqual({})
  })

  test('keep-alive: what is no number is left out, endless is -1', () => {
    const asked = [undefined, Number.NaN, Number.POSITIVE_INFINITY, -7, 0, 60]
    expect(
      asked.map((keepAliveSeconds) => hintedKeepAlive(keepAliveSeconds === undefined ? {} : { keepAliveSeconds })),
    ).toEqual([undefined, undefined, -1, -1, 0, 60])
  })
})
