import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureTestModels } from '../../../support/test-models.ts'
import { ask, collect, never, type OpenedRuntime, openRuntime, settled } from './open-runtime.ts'

let opened: OpenedRuntime
beforeAll(async () => {
  opened = await openRuntime()
  const { demoEmbed } = await ensureTestModels()
  await copyFile(demoEmbed, join(opened.folder, 'models', 'embed.gguf'))
  await settled(opened, 'embed')
})
afterAll(() => opened.close())

function dot(a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number {
  let sum = 0
  for (const [index, value] of a.entries()) sum += value * (b[index] ?? 0)
  return sum
}

describe('raw completion', () => {
  const complete = (request: { prompt: string; suffix?: string; sampling?: object; runtime?: object }) =>
    collect(
      opened.runtime.complete(
        'demo',
        { model: 'demo', ...request, sampling: { temperature: 0, maxTokens: 12, ...request.sampling } },
        never(),
      ),
    )

  test('continues the prompt, with usage', async () => {
    const answer = await complete({ prompt: 'Once upon a time' })
    expect(answer.usage?.usage.promptTokens).toBeGreaterThan(1)
    expect(answer.usage?.usage.completionTokens).toBeGreaterThan(0)
    expect(['stop', 'length']).toContain(answer.finish)
    const again = await complete({ prompt: 'Once upon a time' })
    expect(again.text).toBe(answer.text)
    expect(again.usage?.usage.cachedPromptTokens).toBeGreaterThan(0)
  })

  test('fills in before a suffix', async () => {
    const answer = await complete({ prompt: 'def add(a, b):', suffix: 'return c' })
    expect(answer.finish).not.toBeNull()
    expect(answer.usage?.usage.promptTokens).toBeGreaterThan(10)
  })

  test('refuses a prompt that does not fit, or keeps its end when asked to', async () => {
    const prompt = 'zq '.repeat(9_000)
    await expect(complete({ prompt })).rejects.toMatchObject({ code: 'context_length_exceeded' })
    const cut = await complete({ prompt, runtime: { overflow: 'truncate' } })
    expect(cut.usage?.usage.promptTokens).toBeLessThanOrEqual(8190)
  })
})

describe('embeddings', () => {
  const embed = (id: string, inputs: string[], extra: object = {}) =>
    opened.runtime.embed(id, { model: id, inputs, ...extra }, never())

  test('are of length 1, the same for the same text, and closer for similar texts', async () => {
    const { embeddings, promptTokens } = await embed('embed', [
      'hello world',
      'hello world',
      'hello again world',
      'trains and signals',
    ])
    const [first, same, similar, other] = embeddings
    expect(promptTokens).toBeGreaterThan(4)
    expect(dot(first, first)).toBeCloseTo(1, 5)
    expect(dot(first, same)).toBeCloseTo(1, 5)
    expect(dot(first, similar)).toBeGreaterThan(dot(first, other))
  })

  test('keep the asked number of dimensions, still of length 1', async () => {
    const { embeddings } = await embed('embed', ['hello'], { dimensions: 16 })
    expect(embeddings[0]).toHaveLength(16)
    expect(dot(embeddings[0], embeddings[0])).toBeCloseTo(1, 5)
    await expect(embed('embed', ['hello'], { dimensions: 100_000 })).rejects.toMatchObject({ code: 'invalid_request' })
  })

  test('cut a too long input, or refuse it', async () => {
    const long = 'zq '.repeat(20_000)
    expect((await embed('embed', [long])).embeddings).toHaveLength(1)
    await expect(embed('embed', [long], { truncate: false })).rejects.toMatchObject({ code: 'context_length_exceeded' })
  })

  test('also come from a chat model; an embedding model cannot chat', async () => {
    const { embeddings } = await embed('demo', ['hello', 'hello'])
    expect(dot(embeddings[0], embeddings[1])).toBeCloseTo(1, 5)
    expect(opened.file('embed').capabilities).toEqual(['embedding'])
    await expect(collect(opened.runtime.chat('embed', ask('hello'), never()))).rejects.toMatchObject({
      code: 'unsupported',
    })
  })
})
