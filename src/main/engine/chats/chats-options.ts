import type { UiEvent } from '#shared/app-info.ts'
import type { Clock } from '../spec/clock.ts'
import type { Catalog, Logger, Pipeline, SettingsStore } from '../spec/engine.ts'
import type { SearchWorker, Storage } from '../storage/index.ts'

/** What chats are made of. */
export interface ChatsOptions {
  storage: Storage
  pipeline: Pick<Pipeline, 'chat'>
  catalog: Pick<Catalog, 'find'>
  settings: SettingsStore
  clock: Clock
  log: Logger
  emit(event: UiEvent): void
  searchWorker: Pick<SearchWorker, 'search'>
}
