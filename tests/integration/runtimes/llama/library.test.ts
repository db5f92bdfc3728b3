import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLlamaAdapter } from '../../../../src/main/engine/providers/llama/llama-adapter.ts'
import { malformedGgufCases } from '../../../support/malformed-gguf.ts'
import { ensureTestModels, type TestModels } from '../../../support/test-models.ts'
import { until } from '../../../support/until.ts'
import { ask, collect, never, type OpenedRuntime, openRuntime, settled } from './open-runtime.ts'

let models: TestModels
let opened: OpenedRuntime
beforeEach(async () => {
  models = await ensureTestModels()
})
afterEach(() => opened?.close())

const ids = (): string[] => opened.runtime.files().map((file) => file.id)
const inModels = (name: string): string => join(opened.folder, 'models', name)

describe('the model library', () => {
  test('a file that appears is found, checked in a child, and answers; one that goes is dropped', async () => {
    opened = await openRuntime()
    let changes = 0
    opened.runtime.onChange(() => {
      changes += 1
    })
    await copyFile(models.demo, inModels('mine.gguf'))
    const seen = await until('it is listed', () => opened.runtime.files().find((file) => file.id === 'mine') ?? null)
    expect(seen.state).toBe('checking')
    const file = await settled(opened, 'mine')
    expect(file).toMatchObject({ state: 'ready', reason: null, source: 'data' })
    expect(file.facts).toMatchObject({ architecture: 'llama', contextLength: 8192 })
    expect(file.capabilities).toEqual(expect.arrayContaining(['chat', 'tools', 'json-schema', 'reasoning']))
    expect([...opened.registry.verdicts.values()]).toEqual([{ state: 'trusted' }])
    expect(changes).toBeGreaterThan(0)
    const answer = await collect(opened.runtime.chat('mine', ask('hello'), never()))
    expect(answer.text).toMatch(/^Hello/)
    await rm(inModels('mine.gguf'))
    await until('it is gone', () => (ids().includes('mine') ? null : true))
    await expect(collect(opened.runtime.chat('mine', ask('hello'), never()))).rejects.toMatchObject({
      code: 'model_not_found',
    })
  })

  test('a request for a file that is still being checked waits for the verdict', async () => {
    opened = await openRuntime()
    await copyFile(models.demo, inModels('new.gguf'))
    await until('it is listed', () => (ids().includes('new') ? true : null))
    const answer = await collect(opened.runtime.chat('new', ask('hello'), never()))
    expect(answer.parts[0]).toEqual({ type: 'progress', phase: 'loading', value: null })
    expect(answer.finish).toBe('stop')
  })

  test('a file that is still growing is not looked into', async () => {
    opened = await openRuntime()
    const bytes = await readFile(models.demo)
    await writeFile(inModels('growing.gguf'), bytes.subarray(0, 100_000))
    const file = await until('it is listed', () => opened.runtime.files().find(({ id }) => id === 'growing') ?? null)
    expect(file).toMatchObject({ state: 'checking', reason: expect.stringContaining('still being written') })
    await writeFile(inModels('growing.gguf'), bytes)
    expect(await settled(opened, 'growing')).toMatchObject({ state: 'ready' })
  })

  test('ids: the built-in demo is never shadowed, equal names get a number, folders of the environment count', async () => {
    const extra = await openRuntime()
    const folder = join(extra.folder, 'elsewhere', 'deeper')
    await mkdir(folder, { recursive: true })
    await copyFile(models.demo, join(folder, 'demo.gguf'))
    await copyFile(models.demo, join(folder, 'twin.gguf'))
    opened = await openRuntime({ environmentFolders: [join(extra.folder, 'elsewhere')] })
    await copyFile(models.demo, inModels('twin.gguf'))
    await until('the second twin is listed', () => (ids().includes('twin-2') ? true : null))
    expect(ids().sort()).toEqual(['demo', 'demo-2', 'twin', 'twin-2'])
    expect(opened.file('demo').source).toBe('built-in')
    expect(opened.file('twin').source).toBe('environment')
    await extra.close()
  })

  test('a split model appears once, and a missing part is named', async () => {
    opened = await openRuntime()
    await copyFile(models.demo, inModels('big-00001-of-00003.gguf'))
    await copyFile(models.demo, inModels('big-00003-of-00003.gguf'))
    const file = await until('it is listed', () => opened.runtime.files().find(({ id }) => id === 'big') ?? null)
    expect(file).toMatchObject({ state: 'offline', reason: 'Part 2 of 3 is missing beside this file.' })
    await expect(opened.runtime.load('big')).rejects.toMatchObject({ code: 'model_offline' })
  })

  test('a folder that does not answer keeps its files as offline, and they come back with it', async () => {
    opened = await openRuntime()
    const folder = join(opened.folder, 'drive')
    await mkdir(folder)
    await copyFile(models.demo, join(folder, 'portable.gguf'))
    const { added, refused } = await opened.runtime.add([folder])
    expect({ added, refused }).toEqual({
      added: [{ id: 'portable', path: join(folder, 'portable.gguf') }],
      refused: [],
    })
    await settled(opened, 'portable')
    await rename(folder, `${folder}-away`)
    const offline = await until('it is offline', () => {
      const file = opened.file('portable')
      return file.state === 'offline' ? file : null
    })
    expect(offline.reason).toContain(folder)
    await expect(collect(opened.runtime.chat('portable', ask('hello'), never()))).rejects.toMatchObject({
      code: 'model_offline',
    })
    await rename(`${folder}-away`, folder)
    await until('it is back', () => (opened.file('portable').state === 'ready' ? true : null))
  })

  test('adding by path takes good files and says what is wrong with the others; forgetting takes them off', async () => {
    opened = await openRuntime()
    const good = join(opened.folder, 'good.gguf')
    const page = join(opened.folder, 'page.gguf')
    const text = join(opened.folder, 'text.txt')
    await copyFile(models.demo, good)
    await writeFile(page, '<!DOCTYPE html><html></html>')
    await writeFile(text, 'hello')
    const { added, refused } = await opened.runtime.add([good, page, text, join(opened.folder, 'nothing.gguf')])
    expect(added).toEqual([{ id: 'good', path: good }])
    expect(refused.map(({ error }) => (error as { code: string }).code)).toEqual([
      'model_quarantined',
      'invalid_request',
      'not_found',
    ])
    expect(opened.settings.values.modelFiles).toEqual([good])
    await opened.runtime.forget('good')
    expect(ids()).toEqual(['demo'])
    await expect(opened.runtime.forget('demo')).rejects.toMatchObject({ code: 'conflict' })
  })

  test('details show the header without token lists', async () => {
    opened = await openRuntime()
    const details = await opened.runtime.details('demo')
    expect(details.template).toContain('assistant')
    expect(details.metadata['general.architecture']).toBe('llama')
    expect(JSON.stringify(details.metadata).length).toBeLessThan(20_000)
    expect(details.tensorCount).toBeGreaterThan(5)
  })

  test('the provider adapter lists them for the catalog', async () => {
    opened = await openRuntime()
    await settled(opened, 'demo')
    const adapter = createLlamaAdapter(opened.runtime)
    const [demo] = await adapter.listModels()
    expect(demo).toMatchObject({
      upstreamModel: 'demo',
      family: 'llama',
      quantization: 'Q8_0',
      state: 'ready',
      isDemo: true,
      loaded: false,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      parameterSize: expect.stringMatching(/^\d+\.\d+K$/),
    })
    const call = { request: ask('hello'), upstreamModel: 'demo', requestId: 'r', signal: never() }
    expect((await collect(adapter.chat(call))).text).toMatch(/^Hello/)
    expect((await adapter.listModels())[0]).toMatchObject({ loaded: true, digest: demo?.digest })
  })
})

describe('bad files', () => {
  test('each of the malformed corpus ends in a clear reason, while a stream goes on', async () => {
    opened = await openRuntime()
    const controller = new AbortController()
    let text = ''
    const stream = collect(opened.runtime.chat('demo', ask('loop forever'), controller.signal), (part) => {
      if (part.type === 'text-delta') text += part.text
    }).catch((error: unknown) => error)
    const cases = malformedGgufCases()
    await until('the stream runs', () => (text === '' ? null : true))
    const started = performance.now()
    for (const [index, { bytes }] of cases.entries()) await writeFile(inModels(`bad-${index}.gguf`), bytes)
    await until(
      'every bad file has its verdict',
      () => {
        const bad = opened.runtime.files().filter(({ id }) => id.startsWith('bad-'))
        return bad.length === cases.length && bad.every(({ state }) => state !== 'checking') ? true : null
      },
      45_000,
    )
    console.info(`${cases.length} malformed files judged in ${Math.round(performance.now() - started)} ms`)
    for (const [index, { name }] of cases.entries()) {
      const { state, reason, refusal } = opened.file(`bad-${index}`)
      expect(state, name).toBe('quarantined')
      expect(reason, name).toMatch(/^[A-Z].{10,}\.$/s)
      expect(refusal, name).not.toBeNull()
    }
    await expect(collect(opened.runtime.chat('bad-0', ask('hello'), never()))).rejects.toMatchObject({
      code: 'model_quarantined',
    })
    const before = text.length
    expect(before).toBeGreaterThan(0)
    controller.abort()
    expect(await stream).toMatchObject({ code: 'aborted' })
    expect((await collect(opened.runtime.chat('demo', ask('hello'), never()))).text).toMatch(/^Hello/)
  })

  test('a quarantined file is checked again when its content changes or when asked', async () => {
    opened = await openRuntime()
    await writeFile(inModels('fixed.gguf'), 'not a model')
    expect(await settled(opened, 'fixed')).toMatchObject({ state: 'quarantined' })
    await opened.runtime.recheck('fixed')
    expect(opened.file('fixed').state).toBe('quarantined')
    await copyFile(models.demo, inModels('fixed.gguf'))
    await until('it is ready', () => (opened.file('fixed').state === 'ready' ? true : null))
  })
})
