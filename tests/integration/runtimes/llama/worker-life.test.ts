import { copyFile, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createManualClock } from '../../../support/manual-clock.ts'
import { ensureTestModels } from '../../../support/test-models.ts'
import { until } from '../../../support/until.ts'
import { ask, collect, never, type OpenedRuntime, openRuntime, settled } from './open-runtime.ts'

let opened: OpenedRuntime
afterEach(() => opened?.close())

const noting = new URL('./noting-worker.ts', import.meta.url)
const jobs = (): unknown[] =>
  opened.log.lines.filter(({ message }) => message === 'asked').map(({ fields }) => fields.job)
const load = (id = 'demo') => opened.runtime.files().find((file) => file.id === id)?.loaded ?? null
const text = async (id: string, question: string) =>
  (await collect(opened.runtime.chat(id, ask(question), never()))).text

/** A stream that goes on until it is stopped; resolves once it gives text. */
async function startLoop(id: string) {
  const first = Promise.withResolvers<void>()
  const stop = new AbortController()
  const ended = collect(opened.runtime.chat(id, ask('loop forever'), stop.signal), (part) => {
    if (part.type === 'text-delta') first.resolve()
  }).then(
    () => 'ended',
    (error: { code: string }) => error.code,
  )
  await Promise.race([first.promise, ended])
  return { stop, ended }
}

describe('the worker thread', () => {
  test('after the start the built-in model is ready, and the worker is warmed up a second after somebody looks', async () => {
    const clock = createManualClock()
    opened = await openRuntime({ clock, workerUrl: noting })
    expect(opened.file('demo')).toMatchObject({ state: 'ready', facts: { architecture: 'llama' } })
    opened.runtime.warmSoon()
    opened.runtime.warmSoon()
    clock.advance(1_000)
    await until('it is warmed up', () => (jobs().length > 0 ? true : null))
    expect(await text('demo', 'hello')).toMatch(/^Hello/)
    expect(jobs()).toEqual(['warm', 'load', 'chat'])
  })

  test('while nobody looks it starts with the first request', async () => {
    const clock = createManualClock()
    opened = await openRuntime({ clock, workerUrl: noting })
    clock.advance(60_000)
    expect(await text('demo', 'hello')).toMatch(/^Hello/)
    expect(jobs()).toEqual(['load', 'chat'])
  })

  test('rests when no model has been in it for five minutes, and starts again', async () => {
    const clock = createManualClock()
    opened = await openRuntime({ clock, workerUrl: noting })
    await opened.runtime.load('demo')
    clock.advance(200_000)
    await opened.runtime.unload('demo')
    clock.advance(299_000)
    expect(jobs()).toEqual(['load', 'unload'])
    clock.advance(1_000)
    await until('it is closed', () => (jobs().includes('close') ? true : null))
    expect(await text('demo', 'hello')).toMatch(/^Hello/)
  })
})

describe('under stress', () => {
  test('200 cancelled streams, at any moment and behind loads, leave nothing behind', async () => {
    opened = await openRuntime({}, { queueLimit: 1000, load: { threads: 1, sequences: 4 } })
    const whole = await text('demo', 'hello')
    let seed = 20_261_121
    const random = (): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return seed / 2 ** 32
    }
    const questions = ['loop forever', 'tell me a story', `${'zq '.repeat(1500)} loop forever`]
    const outcomes = new Map<string, number>()
    for (let round = 0; round < 10; round += 1) {
      const streams = Array.from({ length: 20 }, async (_, index) => {
        const stop = new AbortController()
        const late = setTimeout(() => stop.abort(), random() * 200)
        const question = questions[index % questions.length] ?? ''
        const outcome = await collect(opened.runtime.chat('demo', ask(question), stop.signal), (part) => {
          if (part.type === 'text-delta' && random() < 0.2) stop.abort()
        }).then(
          () => 'ended',
          (error: { code: string }) => error.code,
        )
        clearTimeout(late)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      })
      if (round % 3 === 2) await opened.runtime.unload('demo')
      await Promise.all(streams)
    }
    expect([...outcomes.keys()].filter((outcome) => outcome !== 'ended')).toEqual(['aborted'])
    await until('nothing runs or waits', () => (load()?.activeRequests ? null : true), 2_000)
    expect(load()?.queuedRequests ?? 0).toBe(0)
    const four = await Promise.all(Array.from({ length: 4 }, () => text('demo', 'hello')))
    expect(four).toEqual([whole, whole, whole, whole])
  })

  test('8 streams, a second model that loads and answers, and the trial of a third file at once', async () => {
    opened = await openRuntime()
    const { demo } = await ensureTestModels()
    const models = join(opened.folder, 'models')
    await mkdir(models, { recursive: true })
    await copyFile(demo, join(models, 'second.gguf'))
    await settled(opened, 'second')
    const story = await text('demo', 'tell me a story')
    await copyFile(demo, join(models, 'third.gguf'))
    await until('it is listed', () => opened.runtime.files().find(({ id }) => id === 'third') ?? null)
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () => text('demo', 'tell me a story')),
      text('second', 'tell me a story'),
      text('third', 'tell me a story'),
    ])
    expect(answers).toEqual(Array.from({ length: 10 }, () => story))
    // Streams of one batch must not get each other's tokens; without our order in sampling two of five do.
    for (let round = 0; round < 5; round += 1) {
      const eight = await Promise.all(Array.from({ length: 8 }, () => text('demo', 'tell me a story')))
      expect(eight).toEqual(Array.from({ length: 8 }, () => story))
    }
    // Unloading one does not touch the others.
    const loop = await startLoop('second')
    const other = text('demo', 'tell me a story')
    await opened.runtime.unload('second')
    expect(await loop.ended).toBe('aborted')
    expect(await other).toBe(story)
  })

  test('memory does not grow with load and unload', async () => {
    opened = await openRuntime()
    const cycle = async (times: number): Promise<number> => {
      for (let index = 0; index < times; index += 1) {
        await opened.runtime.load('demo')
        await opened.runtime.unload('demo')
      }
      return process.memoryUsage.rss() / 1e6
    }
    const settledAt = await cycle(30)
    const later = await cycle(30)
    console.info(`RSS after 30 cycles ${settledAt.toFixed(0)} MB, after 60 ${later.toFixed(0)} MB`)
    // One model with its context takes 60 MB: a leak of every tenth would show.
    expect(later - settledAt).toBeLessThan(60)
  })
})

describe('a model file on disk', () => {
  test('unloading during a load ends it; so does its caller, and the next request loads again', async () => {
    opened = await openRuntime()
    const loading = opened.runtime.load('demo').catch((error: { code: string }) => error.code)
    await until('it loads', () => (load()?.state === 'loading' ? true : null))
    await opened.runtime.unload('demo')
    expect(await loading).toBe('aborted')
    expect(load()).toBeNull()
    const stop = new AbortController()
    const cancelled = opened.runtime.load('demo', {}, stop.signal).catch((error: { code: string }) => error.code)
    await until('it loads', () => (load()?.state === 'loading' ? true : null))
    stop.abort()
    expect(await cancelled).toBe('aborted')
    await until('it is given up', () => (load() === null ? true : null))
    expect(await text('demo', 'hello')).toMatch(/^Hello/)
  })

  test('keep-alive 0 with requests in line answers them all, then unloads', async () => {
    opened = await openRuntime({}, { load: { threads: 1, sequences: 1 } })
    const request = ask('hello', { runtime: { keepAliveSeconds: 0 } })
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => collect(opened.runtime.chat('demo', request, never()))),
    )
    expect(answers.map(({ finish }) => finish)).toEqual(Array.from({ length: 5 }, () => 'stop'))
    await until('it is unloaded', () => (load() === null ? true : null))
  })

  test('another content ends what runs on the old one, and is what the next request gets, even at once', async () => {
    opened = await openRuntime()
    const { demo, demoLong } = await ensureTestModels()
    const path = join(opened.folder, 'models', 'file.gguf')
    const put = async (source: string): Promise<void> => {
      await copyFile(source, `${path}.part`)
      await rename(`${path}.part`, path)
    }
    await put(demo)
    await settled(opened, 'file')
    const loop = await startLoop('file')
    await put(demoLong)
    expect(await loop.ended).toBe('aborted')
    await collect(opened.runtime.chat('file', ask('hello'), never()))
    expect(opened.file('file')).toMatchObject({ state: 'ready', facts: { contextLength: 131_072 } })
    await opened.runtime.unload('file')
    await put(demo)
    // No scan has seen it yet; without a look at the disk the unchecked file would be loaded.
    await collect(opened.runtime.chat('file', ask('hello'), never()))
    expect(opened.file('file')).toMatchObject({ state: 'ready', facts: { contextLength: 8192 } })
  })
})
