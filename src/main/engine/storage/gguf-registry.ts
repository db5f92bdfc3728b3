import { type LoadOptions, loadOptionsSchema } from '#shared/models.ts'
import type { GgufRegistry, GgufVerdict } from '../spec/llama-runtime.ts'
import { readJson } from './message-row.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

interface VerdictRow {
  size_bytes: number
  modified_at: number
  state: GgufVerdict['state']
  reason: string | null
}

/** What the llama runtime keeps about GGUF files between starts. */
export function createGgufRegistry(db: WritableDatabase, writer: Writer, now: () => number): GgufRegistry {
  const verdict = db.prepare<[string], VerdictRow>(
    'SELECT size_bytes, modified_at, state, reason FROM gguf_verdicts WHERE path = ?',
  )
  const saveVerdict = db.prepare(
    `INSERT INTO gguf_verdicts (path, size_bytes, modified_at, state, reason, checked_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET size_bytes = excluded.size_bytes, modified_at = excluded.modified_at,
       state = excluded.state, reason = excluded.reason, checked_at = excluded.checked_at`,
  )
  const forget = db.prepare('DELETE FROM gguf_verdicts WHERE path = ?')
  const options = db.prepare<[string], string>('SELECT options FROM gguf_models WHERE id = ?').pluck()
  const saveOptions = db.prepare(
    `INSERT INTO gguf_models (id, options) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET options = excluded.options`,
  )
  const lastUsedAt = db.prepare<[string], number | null>('SELECT last_used_at FROM gguf_models WHERE id = ?').pluck()
  const touch = db.prepare(
    `INSERT INTO gguf_models (id, last_used_at) VALUES (?, ?)
     ON CONFLICT (id) DO UPDATE SET last_used_at = excluded.last_used_at`,
  )
  const none: LoadOptions = {}
  return {
    verdict(path, sizeBytes, modifiedAt) {
      const row = verdict.get(path)
      if (row === undefined || row.size_bytes !== sizeBytes || row.modified_at !== modifiedAt) return null
      return row.state === 'trusted'
        ? { state: 'trusted' }
        : { state: 'quarantined', reason: row.reason ?? 'It did not pass an earlier check.' }
    },
    saveVerdict(path, sizeBytes, modifiedAt, found) {
      const reason = found.state === 'quarantined' ? found.reason : null
      writer.write(() => saveVerdict.run(path, sizeBytes, modifiedAt, found.state, reason, now()))
    },
    forgetVerdict: (path) => writer.write(() => void forget.run(path)),
    options: (id) => readJson(options.get(id) ?? null, loadOptionsSchema, none),
    saveOptions: (id, value) => writer.write(() => void saveOptions.run(id, JSON.stringify(value))),
    lastUsedAt: (id) => lastUsedAt.get(id) ?? null,
    touch: (id, at) => writer.write(() => void touch.run(id, Math.round(at))),
  }
}
