import type { Clock } from '../spec/clock.ts'
import type { Logger, Pipeline, SettingsStore } from '../spec/engine.ts'
import type { EngineEvent } from '../spec/engine-event.ts'
import type { ModelResolver } from '../spec/presets.ts'
import type { Principal } from '../spec/principal.ts'
import type { CallContext } from '../spec/upstream.ts'
import type { SearchWorker, Storage } from '../storage/index.ts'

/** What chats are made of. */
export interface ChatsOptions {
  storage: Storage
  pipeline: Pick<Pipeline, 'chat'>
  resolver: Pick<ModelResolver, 'follow'>
  /** With whose rights an answer is made; asked anew for each. Throws `not_found` for people who are gone. */
  principalOf(personId: string): Principal
  /** What upstreams may be told of the person whose answer it is. */
  contextOf(principal: Principal, ids: { chatId: string; messageId: string }): Promise<CallContext>
  settings: SettingsStore
  clock: Clock
  log: Logger
  emit(event: EngineEvent): void
  searchWorker: Pick<SearchWorker, 'search'>
}

/** Tells whose conversation changed; null: more than one of theirs. */
export type ChatsChange = (ownerId: string, conversationId: string | null) => void
