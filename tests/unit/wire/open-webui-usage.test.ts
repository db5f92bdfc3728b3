import { expect, test } from 'vitest'
import { openWebUiUsage } from '../../../src/main/engine/wire/open-webui/usage.ts'

const DETAILS = { reasoning_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 }

test("Ollama's own numbers, to the nanosecond", () => {
  const raw = {
    total_duration: 3_725_328_393_900,
    load_duration: 40_996_735,
    prompt_eval_count: 22,
    prompt_eval_duration: 15_246_873,
    eval_count: 20,
    eval_duration: 265_432_931,
  }
  const timings = { queueMs: 0, loadMs: 1, promptMs: 1, generateMs: 1 }
  expect(openWebUiUsage({ promptTokens: 22, completionTokens: 20, raw }, timings)).toEqual({
    input_tokens: 22,
    output_tokens: 20,
    total_tokens: 42,
    prompt_tokens: 22,
    completion_tokens: 20,
    'response_token/s': 75.35,
    'prompt_token/s': 1442.92,
    ...raw,
    approximate_total: '1h2m5s',
    completion_tokens_details: DETAILS,
  })
})

test('from times alone', () => {
  const usage = { promptTokens: 10, completionTokens: 50, reasoningTokens: 7 }
  const timings = { queueMs: 500, loadMs: 1_000, promptMs: 250, generateMs: 2_000 }
  expect(openWebUiUsage(usage, timings)).toMatchObject({
    'response_token/s': 25,
    'prompt_token/s': 40,
    total_duration: 3_750_000_000,
    load_duration: 1_000_000_000,
    prompt_eval_duration: 250_000_000,
    eval_duration: 2_000_000_000,
    approximate_total: '0h0m3s',
    completion_tokens_details: { ...DETAILS, reasoning_tokens: 7 },
  })
})

test('without times there is no speed', () => {
  expect(openWebUiUsage({ promptTokens: 1, completionTokens: 2 }, null)).toMatchObject({
    'response_token/s': 'N/A',
    'prompt_token/s': 'N/A',
    total_duration: 0,
    approximate_total: '0h0m0s',
  })
})
