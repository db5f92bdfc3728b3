import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createSearchWorker,
  openStorage,
  type SearchWorker,
  type Storage,
} from '../../../src/main/engine/storage/index.ts'
import { OWNER_ID } from '../../../src/shared/access.ts'
import { plantChain } from '../../support/plant-chats.ts'
import { STORAGE_WORKER } from '../../support/test-chats.ts'
import { createTestLog } from '../../support/test-log.ts'

/** The best of several runs: the machine is shared, and the bound is on the work, not on the neighbours. */
async function bestMs(runs: number, action: (run: number) => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const started = performance.now()
    await action(run)
    best = Math.min(best, performance.now() - started)
  }
  return best
}

describe('a conversation of 10,000 messages among 30,000', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-large-'))
  const log = createTestLog()
  let storage: Storage
  let search: SearchWorker

  beforeAll(() => {
    storage = openStorage({ folder, log, now: () => 1 })
    for (let index = 0; index < 20; index++) plantChain(storage, `side${index}`, 1000)
    plantChain(storage, 'long', 10_000)
    search = createSearchWorker({ file: storage.file, entry: STORAGE_WORKER, log })
  })
  afterAll(async () => {
    await search.close()
    storage.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('its tail is read in under 30 ms', async () => {
    expect(storage.messages.tail('long-9999', 50).map(({ depth }) => depth)).toEqual(
      Array.from({ length: 50 }, (_, index) => 9950 + index),
    )
    expect(await bestMs(5, () => storage.messages.tail('long-9999', 50))).toBeLessThan(30)
  })

  test('a page of its middle is read in under 20 ms once the branch is known, and in under 50 ms before', async () => {
    const first = await bestMs(5, (run) => storage.messages.range(`long-${9990 + run}`, 4000, 4050))
    const page = await bestMs(5, (run) => storage.messages.range('long-9999', run * 1000, run * 1000 + 50))
    expect(storage.messages.range('long-9999', 4000, 4050).map(({ id }) => id)).toEqual(
      Array.from({ length: 50 }, (_, index) => `long-${4000 + index}`),
    )
    expect(first).toBeLessThan(50)
    expect(page).toBeLessThan(20)
  })

  test('its newest branch is found in under 50 ms', async () => {
    expect(storage.messages.newestLeaf('long-0')).toBe('long-9999')
    expect(await bestMs(5, () => storage.messages.newestLeaf('long-0'))).toBeLessThan(50)
  })

  test('search answers in under 150 ms: common, rare, joined, short and absent words', async () => {
    expect(await search.search(OWNER_ID, 'number9999', 50)).toHaveLength(1)
    for (const query of ['train', 'number7777', 'coffee python', 'zz', 'absent']) {
      expect(await bestMs(3, () => search.search(OWNER_ID, query, 50)), query).toBeLessThan(150)
    }
  })
})
