import { expect, test } from 'vitest'
import type { Usage } from '../../../src/main/engine/spec/stream-part.ts'
import { anthropicUsage, usageFromAnthropic } from '../../../src/main/engine/wire/anthropic/usage.ts'
import { collectAnswer } from '../../../src/main/engine/wire/collect-answer.ts'
import { toUsage } from '../../../src/main/engine/wire/openai/upstream-usage.ts'
import { openAiUsage } from '../../../src/main/engine/wire/openai/usage.ts'
import { openAiResponse } from '../../../src/main/engine/wire/openai-responses/client-answer.ts'

/** What a cache took up costs more than what it gave, so each dialect tells both apart. */
const CLAUDE = { input_tokens: 12, cache_creation_input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 42 }
const GPT = {
  prompt_tokens: 24,
  completion_tokens: 42,
  prompt_tokens_details: { cached_tokens: 7, cache_write_tokens: 5 },
}

async function responseUsage(usage: Usage): Promise<unknown> {
  async function* parts() {
    yield { type: 'usage' as const, usage }
    yield { type: 'finish' as const, reason: 'stop' as const }
  }
  const response = openAiResponse({ id: 'resp_1', created: 1, echo: { model: 'm' } }, await collectAnswer(parts()))
  return (response as { usage: unknown }).usage
}

test.each([
  ['Anthropic', usageFromAnthropic(CLAUDE)],
  ['OpenAI', toUsage(GPT) as Usage],
])('what a prompt cache took up at %s is told in every dialect', async (_whose, usage) => {
  expect(anthropicUsage(usage)).toEqual(CLAUDE)
  expect(openAiUsage(usage)).toMatchObject({ ...GPT, total_tokens: 66 })
  expect(await responseUsage(usage)).toMatchObject({
    input_tokens: 24,
    input_tokens_details: { cached_tokens: 7, cache_write_tokens: 5 },
    total_tokens: 66,
  })
})

test('OpenAI’s newer API says so too, and who says nothing of it took up nothing', async () => {
  const told = { input_tokens: 24, output_tokens: 1, input_tokens_details: { cached_tokens: 0, cache_write_tokens: 5 } }
  expect(anthropicUsage(toUsage(told))).toMatchObject({ input_tokens: 19, cache_creation_input_tokens: 5 })
  const plain = toUsage({ prompt_tokens: 3, completion_tokens: 1 }) as Usage
  expect(openAiUsage(plain)?.prompt_tokens_details).toEqual({ cached_tokens: 0 })
  expect(await responseUsage(plain)).toMatchObject({
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  })
})
