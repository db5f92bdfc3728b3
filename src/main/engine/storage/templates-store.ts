import { presetParamsSchema, type Template } from '#shared/presets.ts'
import { readJson } from './message-row.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

/** Templates that people made. Writing throws `disk_full` or `storage_failed`. */
export interface TemplatesStore {
  /** By name. */
  all(): Template[]
  put(template: Template): void
  remove(id: string): void
}

interface Row {
  id: string
  owner_id: string
  shared: number
  name: string
  description: string
  params: string
  updated_at: number
}

/** The statements about templates. */
export function createTemplatesStore(db: WritableDatabase, writer: Writer): TemplatesStore {
  const all = db.prepare<[], Row>(
    'SELECT id, owner_id, shared, name, description, params, updated_at FROM templates ORDER BY name, id',
  )
  const put = db.prepare(
    `INSERT INTO templates (id, owner_id, shared, name, description, params, updated_at)
     VALUES (@id, @ownerId, @shared, @name, @description, @params, @updatedAt)
     ON CONFLICT (id) DO UPDATE SET shared = excluded.shared, name = excluded.name,
       description = excluded.description, params = excluded.params, updated_at = excluded.updated_at`,
  )
  const remove = db.prepare('DELETE FROM templates WHERE id = ?')
  return {
    all: () => all.all().map(toTemplate),
    put({ id, ownerId, kind, name, description, params, updatedAt }) {
      const row = { id, ownerId, name, description, updatedAt, shared: kind === 'shared' ? 1 : 0 }
      writer.write(() => void put.run({ ...row, params: JSON.stringify(params) }))
    },
    remove(id) {
      writer.write(() => void remove.run(id))
    },
  }
}

function toTemplate(row: Row): Template {
  return {
    id: row.id,
    kind: row.shared === 1 ? 'shared' : 'custom',
    name: row.name,
    description: row.description,
    params: readJson(row.params, presetParamsSchema, {}),
    ownerId: row.owner_id,
    updatedAt: row.updated_at,
  }
}
