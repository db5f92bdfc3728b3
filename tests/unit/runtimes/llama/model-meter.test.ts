import { expect, test } from 'vitest'
import { ModelMeter } from '../../../../src/main/engine/runtimes/llama/model-meter.ts'
import { EngineError } from '../../../../src/main/engine/spec/engine-error.ts'
import type { StreamPart } from '../../../../src/main/engine/spec/stream-part.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

function open() {
  const clock = createManualClock()
  const meter = new ModelMeter(clock)
  /** An answer whose first token comes after `ttft` ms. */
  async function answer(ttft: number, tokens: number, generateMs: number, cached = 0): Promise<void> {
    async function* parts(): AsyncGenerator<StreamPart> {
      yield { type: 'progress', phase: 'loading', value: null }
      clock.advance(ttft)
      yield { type: 'text-delta', text: 'a' }
      clock.advance(generateMs)
      yield {
        type: 'usage',
        usage: { promptTokens: 100, cachedPromptTokens: cached, completionTokens: tokens },
        timings: { queueMs: 0, loadMs: 0, promptMs: 50, generateMs },
      }
      yield { type: 'finish', reason: 'stop' }
    }
    for await (const _ of meter.stream(parts()));
  }
  async function fail(error: Error): Promise<unknown> {
    // biome-ignore lint/correctness/useYield: it fails before its first part.
    async function* parts(): AsyncGenerator<StreamPart> {
      throw error
    }
    try {
      for await (const _ of meter.stream(parts()));
      return null
    } catch (thrown) {
      return thrown
    }
  }
  return { meter, answer, fail }
}

test('nothing is known before the first request', () => {
  expect(open().meter.read()).toEqual({
    requests: 0,
    failed: 0,
    promptTokens: 0,
    completionTokens: 0,
    tokensPerSecond: null,
    promptTokensPerSecond: null,
    ttftMs: null,
  })
})

test('tokens add up; every token counts the same in the speed; the first token’s time is the median', async () => {
  const { meter, answer } = open()
  await answer(100, 11, 1000)
  await answer(300, 91, 1000, 50)
  await answer(200, 1, 0)
  expect(meter.read()).toEqual({
    requests: 3,
    failed: 0,
    promptTokens: 300,
    completionTokens: 103,
    tokensPerSecond: 50,
    promptTokensPerSecond: 250 / 0.15,
    ttftMs: 200,
  })
})

test('only the newest 50 answers say how fast it is', async () => {
  const { meter, answer } = open()
  await answer(9000, 2, 9000)
  for (let count = 0; count < 50; count += 1) await answer(10, 11, 100)
  expect(meter.read()).toMatchObject({ requests: 51, tokensPerSecond: 100, ttftMs: 10 })
})

test('a failure counts and goes on; what its caller cancelled has not failed', async () => {
  const { meter, fail } = open()
  const error = new EngineError('out_of_memory', 'full')
  expect(await fail(error)).toBe(error)
  await fail(new EngineError('aborted', 'left'))
  await expect(meter.embedding(Promise.reject(new Error('bug')))).rejects.toThrow('bug')
  const result = { embeddings: [], promptTokens: 4, loadMs: 0, totalMs: 1 }
  expect(await meter.embedding(Promise.resolve(result))).toBe(result)
  expect(meter.read()).toMatchObject({ requests: 4, failed: 2, promptTokens: 4 })
})
