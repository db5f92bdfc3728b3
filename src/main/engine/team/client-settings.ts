import type { Clock } from '../spec/clock.ts'
import type { DocumentsStore } from '../storage/index.ts'

/** What people's clients keep here: one free JSON document for each person, which means nothing to us. */
export interface ClientSettings {
  /** Null if nothing is kept. */
  get(personId: string): Record<string, unknown> | null
  save(personId: string, settings: Record<string, unknown>): void
  /** The person is gone. */
  remove(personId: string): void
}

export function createClientSettings(documents: DocumentsStore, clock: Clock): ClientSettings {
  const key = (personId: string): string => `client-settings:${personId}`
  return {
    get(personId) {
      const found = documents.get(key(personId))
      return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : null
    },
    save: (personId, settings) => documents.save(key(personId), settings, clock.now()),
    remove: (personId) => documents.remove(key(personId)),
  }
}
