import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTrial } from '../../../../src/main/engine/runtimes/llama/trust/run-trial.ts'
import { malformedGgufCases } from '../../../support/malformed-gguf.ts'
import { ensureTestModels, type TestModels } from '../../../support/test-models.ts'
import { never } from './open-runtime.ts'

const trialUrl = new URL('../../../../src/main/llama-trial.ts', import.meta.url)
let folder: string
let models: TestModels
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-trial-'))
  models = await ensureTestModels()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A child entry with a behaviour of its own. */
async function childThat(does: string): Promise<URL> {
  const path = join(folder, `${crypto.randomUUID()}.mjs`)
  await writeFile(path, `process.once('message', () => { ${does} })`)
  return pathToFileURL(path)
}

describe('the trial load', () => {
  test('trusts a sound model and an embedding model', async () => {
    expect(await runTrial(trialUrl, { path: models.demo, forEmbedding: false }, 1, never())).toEqual({
      state: 'trusted',
    })
    expect(await runTrial(trialUrl, { path: models.demoEmbed, forEmbedding: true }, 1, never())).toEqual({
      state: 'trusted',
    })
  })

  test('survives a file that aborts native code, and names the failed assertion', async () => {
    // Without the header check in front, a vocabulary with the same text twice aborts llama.cpp.
    const twice = malformedGgufCases().find(({ name }) => /duplicate/i.test(name) && /token/i.test(name))
    if (twice === undefined) throw new Error('the corpus has no duplicate token')
    const path = join(folder, 'twice.gguf')
    await writeFile(path, twice.bytes)
    const outcome = await runTrial(trialUrl, { path, forEmbedding: false }, 1, never())
    expect(outcome).toMatchObject({ state: 'quarantined', reason: expect.stringContaining('native code aborted') })
  })

  test("gives llama.cpp's own reason for a file that it refuses", async () => {
    const path = join(folder, 'noise.gguf')
    await writeFile(path, 'GGUF and nothing more that makes sense, for some length at least')
    const outcome = await runTrial(trialUrl, { path, forEmbedding: false }, 1, never())
    expect(outcome).toMatchObject({
      state: 'quarantined',
      reason: expect.stringMatching(/^llama\.cpp refuses this file: .+\.$/),
    })
  })

  test('a hanging file is given up after its time limit', async () => {
    const child = await childThat(`
      process.send({ type: 'ready' }); process.send({ type: 'phase', phase: 'loading the weights' }); setInterval(() => {}, 1000)`)
    const started = performance.now()
    const outcome = await runTrial(child, { path: '/x', forEmbedding: false }, 0, never())
    expect(outcome).toEqual({
      state: 'quarantined',
      reason: 'Loading this file hangs: loading the weights took more than 12 seconds.',
    })
    expect(performance.now() - started).toBeLessThan(15_000)
  }, 30_000)

  test('a child that dies before it looks at the file says nothing about the file', async () => {
    const outcome = await runTrial(await childThat('process.exit(3)'), { path: '/x', forEmbedding: false }, 0, never())
    expect(outcome).toMatchObject({ state: 'inconclusive' })
  })

  test('ends with its signal', async () => {
    const controller = new AbortController()
    const child = await childThat('setInterval(() => {}, 1000)')
    const outcome = runTrial(child, { path: '/x', forEmbedding: false }, 0, controller.signal)
    controller.abort(new Error('closing'))
    await expect(outcome).rejects.toThrow('closing')
  })
})
