import { copyFile, mkdir, mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ModelLibrary } from '../../../../src/main/engine/runtimes/llama/library/model-library.ts'
import type { Inspection } from '../../../../src/main/engine/runtimes/llama/protocol.ts'
import { inspectFile } from '../../../../src/main/engine/runtimes/llama/worker/inspect-file.ts'
import { createManualClock } from '../../../support/manual-clock.ts'
import { createTestLog } from '../../../support/test-log.ts'
import { ensureTestModels } from '../../../support/test-models.ts'
import { until } from '../../../support/until.ts'

let folder: string
let library: ModelLibrary
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-first-look-'))
  await mkdir(join(folder, 'models'))
})
afterEach(async () => {
  await library.close()
  await rm(folder, { recursive: true, force: true })
})

/** A library with the demo built in and two files of long ago: one trusted at an earlier start, one never seen. */
async function openLibrary(inspect: (path: string) => Promise<Inspection>) {
  const { demo } = await ensureTestModels()
  for (const name of ['old', 'new']) {
    const path = join(folder, 'models', `${name}.gguf`)
    await copyFile(demo, path)
    await utimes(path, 0, 0)
  }
  const clock = createManualClock()
  library = new ModelLibrary({
    places: () => ({
      builtIn: [{ id: 'demo', path: demo }],
      modelsFolder: join(folder, 'models'),
      environmentFolders: [],
      addedFolders: [],
      addedFiles: [],
    }),
    registry: {
      verdict: (path) => (path.endsWith('old.gguf') ? { state: 'trusted' } : null),
      saveVerdict: () => undefined,
      forgetVerdict: () => undefined,
      options: () => ({}),
      saveOptions: () => undefined,
      lastUsedAt: () => null,
      touch: () => undefined,
    },
    clock,
    log: createTestLog(),
    inspect: ({ path }) => inspect(path),
    restInspector: async () => undefined,
    trial: (_entry, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    onChange: () => undefined,
    onReplaced: () => undefined,
  })
  return clock
}

const states = (): Record<string, string> =>
  Object.fromEntries(
    library.entries().map(({ id, state, facts }) => [id, `${state}${facts === null ? '' : ' with facts'}`]),
  )

test('after the first look everything that needs no trial is ready', async () => {
  await openLibrary(inspectFile)
  await library.firstLook()
  expect(states()).toMatchObject({ demo: 'ready with facts', old: 'ready with facts' })
  expect(states().new).toMatch(/^checking/)
})

test('a header that cannot be read in time holds the start up for two seconds at most', async () => {
  const late = Promise.withResolvers<Inspection>()
  const clock = await openLibrary((path) => (path.endsWith('old.gguf') ? late.promise : inspectFile(path)))
  const looking = library.firstLook()
  await until('the demo is read', () => (states().demo === 'ready with facts' ? true : null))
  let done = false
  void looking.then(() => {
    done = true
  })
  clock.advance(1_900)
  await new Promise((resolve) => setImmediate(resolve))
  expect(done).toBe(false)
  clock.advance(100)
  await looking
  expect(states().old).toBe('checking')
  late.resolve({ ok: false, refusal: 'unreadable', reason: 'Too late.', detail: null })
})
