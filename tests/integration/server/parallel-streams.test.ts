import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contractClient } from '../../support/contract-client.ts'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { stopwatch } from '../../support/stopwatch.ts'
import { ensureTestModels } from '../../support/test-models.ts'
import { until } from '../../support/until.ts'

let models: string
let serve: ServeProcess
let openai: OpenAI
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'switchyard-parallel-'))
  symlinkSync((await ensureTestModels()).demoLong, join(models, 'demo-long.gguf'))
  serve = await startServe({ env: { SWITCHYARD_MODELS_DIR: models } })
  openai = new OpenAI({ baseURL: `${serve.url}/v1`, apiKey: 'any', maxRetries: 0 })
  const client = contractClient(serve.url)
  await until('demo-long is checked', async () =>
    (await client.models.files()).some((file) => file.id === 'demo-long' && file.state === 'ready') ? true : null,
  )
  await client.models.setOptions({ id: 'demo-long', options: { contextSize: 131_072, sequences: 1 } })
})
afterAll(async () => {
  await serve?.end()
  rmSync(models, { recursive: true, force: true })
})

async function stream(model: string, content: string, maxTokens: number, signal?: AbortSignal): Promise<string> {
  const parts = await openai.chat.completions.create(
    { model, messages: [{ role: 'user', content }], stream: true, temperature: 0, max_tokens: maxTokens },
    signal === undefined ? {} : { signal },
  )
  let text = ''
  for await (const part of parts) text += part.choices[0]?.delta.content ?? ''
  return text
}

async function activeRequests(id: string): Promise<number> {
  const file = (await contractClient(serve.url).models.files()).find((each) => each.id === id)
  return file?.loaded?.activeRequests ?? 0
}

describe('eight streams at once', () => {
  it('all finish with the text that each would have alone', async () => {
    const questions = ['Tell me a story', 'Write some code', 'Show me a table', 'Hello']
    const alone = new Map<string, string>()
    for (const question of questions) alone.set(question, await stream('demo', question, 120))
    const asked = [...questions, ...questions]
    const together = await Promise.all(asked.map((question) => stream('demo', question, 120)))
    expect(together).toEqual(asked.map((question) => alone.get(question)))
  })

  it('a client that goes away frees its sequence within 500 ms', async () => {
    const aborts = Array.from({ length: 8 }, () => new AbortController())
    const streams = aborts.map((abort) =>
      stream('demo', 'Go on in an endless loop', 100_000, abort.signal).catch(() => 'gone'),
    )
    await until('all eight are running', async () => ((await activeRequests('demo')) === 8 ? true : null))
    const sinceAbort = stopwatch()
    for (const abort of aborts) abort.abort()
    await until('all sequences are free', async () => ((await activeRequests('demo')) === 0 ? true : null))
    expect(sinceAbort()).toBeLessThan(500)
    await Promise.all(streams)
  })

  it('also in the middle of a 60,000-token prefill', async () => {
    await stream('demo-long', 'Hello', 4)
    const abort = new AbortController()
    // The demo's vocabulary knows none of this, so that every byte is a token.
    const long = stream('demo-long', 'wxyz '.repeat(12_000), 4, abort.signal).catch(() => 'gone')
    await until('it is running', async () => ((await activeRequests('demo-long')) === 1 ? true : null))
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await activeRequests('demo-long')).toBe(1)
    const sinceAbort = stopwatch()
    abort.abort()
    await until('its sequence is free', async () => ((await activeRequests('demo-long')) === 0 ? true : null))
    expect(sinceAbort()).toBeLessThan(500)
    await long
  })
})
