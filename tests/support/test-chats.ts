import { onTestFinished } from 'vitest'
import { createChats, type PeoplesChats } from '../../src/main/engine/chats/index.ts'
import { createSettingsStore } from '../../src/main/engine/settings/index.ts'
import type { Clock } from '../../src/main/engine/spec/clock.ts'
import type { Caller, Chats, SettingsStore } from '../../src/main/engine/spec/engine.ts'
import type { EngineEvent } from '../../src/main/engine/spec/engine-event.ts'
import { OWNER } from '../../src/main/engine/spec/principal.ts'
import { systemClock } from '../../src/main/engine/spec/system-clock.ts'
import { createSearchWorker, openStorage, type Storage } from '../../src/main/engine/storage/index.ts'
import type { AnswerEvent } from '../../src/shared/chats.ts'
import { chatRights } from './chat-rights.ts'
import { createFakePipeline, type FakePipeline } from './fake-pipeline.ts'
import { createTestLog, type LogLine } from './test-log.ts'

export const STORAGE_WORKER = new URL('../../src/main/storage-worker.ts', import.meta.url)

export interface TestChats extends FakePipeline {
  /** Everyone's conversations. */
  people: PeoplesChats
  /** The owner's. */
  chats: Chats
  storage: Storage
  settings: SettingsStore
  events: EngineEvent[]
  lines: LogLine[]
  /** In whose name each run was asked for, in order. */
  callers: Caller[]
  close(): Promise<void>
}

/** Chats over a real database in `folder`, with a pipeline that the test plays and the rights of `chatRights`. */
export function openTestChats(folder: string, clock: Clock = systemClock): TestChats {
  const log = createTestLog()
  const now = () => clock.now()
  const storage = openStorage({ folder, log, now })
  const settings = createSettingsStore({ records: storage.settings, environment: {}, log, now })
  const searchWorker = createSearchWorker({ file: storage.file, entry: STORAGE_WORKER, log })
  const fake = createFakePipeline()
  const events: EngineEvent[] = []
  const callers: Caller[] = []
  const rights = chatRights(fake)
  const people = createChats({
    storage,
    ...rights,
    pipeline: {
      chat(request, caller, signal) {
        callers.push(caller)
        return rights.pipeline.chat(request, caller, signal)
      },
    },
    settings,
    clock,
    log,
    emit: (event) => void events.push(event),
    searchWorker,
  })
  const close = async (): Promise<void> => {
    await people.close()
    await searchWorker.close()
    storage.close()
  }
  onTestFinished(close)
  return {
    ...fake,
    people,
    chats: people.chatsOf(OWNER.id),
    storage,
    settings,
    events,
    callers,
    lines: log.lines,
    close,
  }
}

/** All events of an answer until it ends. */
export async function followAnswer(chats: Chats, answerId: string): Promise<AnswerEvent[]> {
  const events: AnswerEvent[] = []
  for await (const event of chats.watch(answerId, new AbortController().signal)) events.push(event)
  return events
}
