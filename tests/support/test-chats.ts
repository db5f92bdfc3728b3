import { onTestFinished } from 'vitest'
import { createChats } from '../../src/main/engine/chats/index.ts'
import { createSettingsStore } from '../../src/main/engine/settings/index.ts'
import type { Clock } from '../../src/main/engine/spec/clock.ts'
import type { Chats, SettingsStore } from '../../src/main/engine/spec/engine.ts'
import { systemClock } from '../../src/main/engine/spec/system-clock.ts'
import { createSearchWorker, openStorage, type Storage } from '../../src/main/engine/storage/index.ts'
import type { UiEvent } from '../../src/shared/app-info.ts'
import type { AnswerEvent } from '../../src/shared/chats.ts'
import { createFakePipeline, type FakePipeline } from './fake-pipeline.ts'
import { createTestLog, type LogLine } from './test-log.ts'

export const STORAGE_WORKER = new URL('../../src/main/storage-worker.ts', import.meta.url)

export interface TestChats extends FakePipeline {
  chats: Chats
  storage: Storage
  settings: SettingsStore
  events: UiEvent[]
  lines: LogLine[]
  close(): Promise<void>
}

/** Chats over a real database in `folder`, with a pipeline that the test plays. */
export function openTestChats(folder: string, clock: Clock = systemClock): TestChats {
  const log = createTestLog()
  const now = () => clock.now()
  const storage = openStorage({ folder, log, now })
  const settings = createSettingsStore({ records: storage.settings, environment: {}, log, now })
  const searchWorker = createSearchWorker({ file: storage.file, entry: STORAGE_WORKER, log })
  const fake = createFakePipeline()
  const events: UiEvent[] = []
  const { pipeline, catalog } = fake
  const emit = (event: UiEvent): void => void events.push(event)
  const chats = createChats({ storage, pipeline, catalog, settings, clock, log, emit, searchWorker })
  const close = async (): Promise<void> => {
    await chats.close()
    await searchWorker.close()
    storage.close()
  }
  onTestFinished(close)
  return { ...fake, chats, storage, settings, events, lines: log.lines, close }
}

/** All events of an answer until it ends. */
export async function followAnswer(chats: Chats, answerId: string): Promise<AnswerEvent[]> {
  const events: AnswerEvent[] = []
  for await (const event of chats.watch(answerId, new AbortController().signal)) events.push(event)
  return events
}
