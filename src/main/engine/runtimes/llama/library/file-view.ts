import type { GgufFile } from '#shared/models.ts'
import type { LibraryEntry } from './library-entry.ts'

/** A file as lists show it, with what is saved of it and what the runtime holds of it now. */
export function fileView(entry: LibraryEntry, now: Pick<GgufFile, 'options' | 'loaded' | 'lastUsedAt'>): GgufFile {
  const { id, found, state, reason, refusal, facts, capabilities } = entry
  const { path, source, sizeBytes, modifiedAt } = found
  return { id, path, source, sizeBytes, modifiedAt, state, reason, refusal, facts, capabilities, ...now }
}
