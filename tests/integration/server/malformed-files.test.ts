import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { contractClient } from '../../support/contract-client.ts'
import { malformedGgufCases } from '../../support/malformed-gguf.ts'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { until } from '../../support/until.ts'

let models: string
let serve: ServeProcess
beforeAll(async () => {
  models = mkdtempSync(join(tmpdir(), 'switchyard-malformed-'))
  serve = await startServe({ env: { SWITCHYARD_MODELS_DIR: models } })
})
afterAll(async () => {
  await serve?.end()
  rmSync(models, { recursive: true, force: true })
})

it('refuses every malformed file with a reason within 15 seconds, while a stream goes on', async () => {
  const client = contractClient(serve.url)
  const openai = new OpenAI({ baseURL: `${serve.url}/v1`, apiKey: 'any', maxRetries: 0 })
  const abort = new AbortController()
  const stream = await openai.chat.completions.create(
    { model: 'demo', messages: [{ role: 'user', content: 'Go on in an endless loop' }], stream: true },
    { signal: abort.signal },
  )
  let chunks = 0
  const reading = (async () => {
    for await (const _ of stream) chunks++
  })().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })

  const cases = malformedGgufCases()
  const names = cases.map((_, index) => `bad-${index}`)
  for (const [index, { bytes }] of cases.entries()) writeFileSync(join(models, `bad-${index}.gguf`), bytes)
  const files = await until(
    'all files are refused',
    async () => {
      const found = (await client.models.files()).filter((file) => names.includes(file.id))
      return found.length === names.length && found.every((file) => file.state === 'quarantined') ? found : null
    },
    15_000,
  )
  for (const file of files) expect(file.reason, file.id).toMatch(/\w+ \w+/)
  expect((await fetch(`${serve.url}/health`)).status).toBe(200)

  const chunksSoFar = chunks
  await until('the stream goes on', () => (chunks > chunksSoFar ? true : null))
  abort.abort()
  await reading
  await expect(client.models.load({ id: 'bad-0' })).rejects.toMatchObject({
    code: 'ENGINE',
    data: { code: 'model_quarantined' },
  })
})
