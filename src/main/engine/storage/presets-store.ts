import type { Statement } from 'better-sqlite3'
import { type Grant, grantSchema } from '#shared/access.ts'
import { type Preset, presetSchema } from '#shared/presets.ts'
import { readJson } from './message-row.ts'
import {
  countSql,
  type Parameters,
  type PresetOrder,
  type PresetSelection,
  pageSql,
  parametersOf,
  tagsSql,
} from './preset-queries.ts'
import type { WritableDatabase } from './sqlite.ts'
import type { Writer } from './writer.ts'

export type { PresetOrder, PresetSelection } from './preset-queries.ts'

/** A record with the count of its saves and who saved it last. */
export interface StoredPreset {
  preset: Preset
  /** From 1. */
  version: number
  savedBy: string
}

/** A record to write. */
export interface PresetSave {
  preset: Preset
  savedBy: string
  /** Lower case. */
  sortName: string
  /** Lower case; what it is found by. */
  searchText: string
  tags: readonly string[]
}

/** Records by id with their earlier states. Writing throws `disk_full` or `storage_failed`, and then nothing has changed. */
export interface PresetsStore {
  /** Every readable record in the order of creation; ids of rows that make no sense to this version come in `broken`. */
  all(): { presets: StoredPreset[]; broken: string[] }
  /** One transaction. What a save replaces becomes a version; the oldest beyond `keepVersions` go. */
  save(change: { put: readonly PresetSave[]; remove: readonly string[] }, keepVersions: number): StoredPreset[]
  page(
    selection: PresetSelection,
    sorted: { order: PresetOrder; direction: 'asc' | 'desc'; limit: number; offset: number },
  ): { ids: string[]; total: number }
  /** Distinct and sorted. */
  tags(selection: Pick<PresetSelection, 'kind' | 'viewer'>): string[]
  /** Earlier states, newest first. */
  versions(id: string): { version: number; savedAt: number; savedBy: string; preset: Preset }[]
}

const recordSchema = presetSchema.omit({ grants: true })

interface PresetRow {
  seq: number
  id: string
  version: number
  saved_by: string
  record: string
}

/** The statements about presets. */
export function createPresetsStore(db: WritableDatabase, writer: Writer): PresetsStore {
  const statements = prepareStatements(db)
  // Filters combine; each combination is prepared at its first use.
  const lists = new Map<string, Statement<[Parameters]>>()

  function list(sql: string): Statement<[Parameters]> {
    const known = lists.get(sql)
    if (known !== undefined) return known
    const statement = db.prepare<[Parameters]>(sql).pluck()
    lists.set(sql, statement)
    return statement
  }

  function grantsOf(seq: number): Grant[] {
    return statements.grantsOf.all(seq).flatMap((row) => toGrant(row) ?? [])
  }

  function put(save: PresetSave, keepVersions: number): StoredPreset {
    const { preset, savedBy } = save
    const before = statements.find.get(preset.id)
    const version = (before?.version ?? 0) + 1
    if (before !== undefined) {
      const earlier = readJson(before.record, recordSchema, null)
      // A row that cannot be read is no state to go back to.
      if (earlier !== null) {
        const whole: Preset = { ...earlier, grants: grantsOf(before.seq) }
        const saved = {
          seq: before.seq,
          version: before.version,
          at: Math.round(earlier.updatedAt),
          by: before.saved_by,
        }
        statements.keepVersion.run({ ...saved, preset: JSON.stringify(whole) })
      }
    }
    const { grants, ...record } = preset
    const isOverride = preset.baseModelId === null ? 1 : 0
    const seq = statements.put.get({
      id: preset.id,
      isOverride,
      ownerId: preset.ownerId,
      sortName: save.sortName,
      searchText: save.searchText,
      createdAt: Math.round(preset.createdAt),
      updatedAt: Math.round(preset.updatedAt),
      version,
      savedBy,
      record: JSON.stringify(record),
    }) as number
    if (before !== undefined) {
      statements.dropGrants.run(seq)
      statements.dropTags.run(seq)
      statements.dropVersions.run(seq, version - keepVersions)
    }
    for (const { principalType, principalId, permission } of grants) {
      statements.addGrant.run(seq, principalType, principalId, permission)
    }
    for (const tag of new Set(save.tags)) statements.addTag.run(seq, isOverride, tag)
    return { preset, version, savedBy }
  }

  return {
    all() {
      const grants = new Map<number, Grant[]>()
      for (const row of statements.allGrants.iterate()) {
        const grant = toGrant(row)
        if (grant === null) continue
        const known = grants.get(row.preset_seq)
        if (known === undefined) grants.set(row.preset_seq, [grant])
        else known.push(grant)
      }
      const presets: StoredPreset[] = []
      const broken: string[] = []
      for (const row of statements.all.iterate()) {
        const record = readJson(row.record, recordSchema, null)
        if (record === null) broken.push(row.id)
        else {
          const preset = { ...record, grants: grants.get(row.seq) ?? [] }
          presets.push({ preset, version: row.version, savedBy: row.saved_by })
        }
      }
      return { presets, broken }
    },

    save({ put: saves, remove }, keepVersions) {
      return writer.write(() => {
        for (const id of remove) statements.remove.run(id)
        return saves.map((save) => put(save, keepVersions))
      })
    },

    page(selection, { order, direction, limit, offset }) {
      const parameters = parametersOf(selection)
      const ids = list(pageSql(selection, order, direction)).all({ ...parameters, limit, offset }) as string[]
      // The last page says by itself how many there are.
      const isLast = ids.length < limit && (ids.length > 0 || offset === 0)
      return { ids, total: isLast ? offset + ids.length : (list(countSql(selection)).get(parameters) as number) }
    },

    tags({ kind, viewer }) {
      const parameters = parametersOf({ kind, viewer, owner: null, tag: null, text: '' })
      return list(tagsSql({ viewer })).all(parameters) as string[]
    },

    versions: (id) =>
      statements.versions.all(id).flatMap((row) => {
        const preset = readJson(row.preset, presetSchema, null)
        return preset === null ? [] : [{ version: row.version, savedAt: row.saved_at, savedBy: row.saved_by, preset }]
      }),
  }
}

interface GrantRow {
  principal_type: string
  principal_id: string
  permission: string
}

function toGrant(row: GrantRow): Grant | null {
  const { principal_type: principalType, principal_id: principalId, permission } = row
  return grantSchema.safeParse({ principalType, principalId, permission }).data ?? null
}

function prepareStatements(db: WritableDatabase) {
  return {
    all: db.prepare<[], PresetRow>('SELECT seq, id, version, saved_by, record FROM presets ORDER BY seq'),
    find: db.prepare<[string], PresetRow>('SELECT seq, id, version, saved_by, record FROM presets WHERE id = ?'),
    allGrants: db.prepare<[], GrantRow & { preset_seq: number }>(
      'SELECT preset_seq, principal_type, principal_id, permission FROM preset_grants ORDER BY seq',
    ),
    grantsOf: db.prepare<[number], GrantRow>(
      'SELECT principal_type, principal_id, permission FROM preset_grants WHERE preset_seq = ? ORDER BY seq',
    ),
    put: db
      .prepare(
        `INSERT INTO presets (id, is_override, owner_id, sort_name, search_text, created_at, updated_at, version,
         saved_by, record)
       VALUES (@id, @isOverride, @ownerId, @sortName, @searchText, @createdAt, @updatedAt, @version, @savedBy, @record)
       ON CONFLICT (id) DO UPDATE SET is_override = excluded.is_override, owner_id = excluded.owner_id,
         sort_name = excluded.sort_name, search_text = excluded.search_text, created_at = excluded.created_at,
         updated_at = excluded.updated_at, version = excluded.version, saved_by = excluded.saved_by,
         record = excluded.record
       RETURNING seq`,
      )
      .pluck(),
    remove: db.prepare('DELETE FROM presets WHERE id = ?'),
    addGrant: db.prepare(
      `INSERT OR IGNORE INTO preset_grants (preset_seq, principal_type, principal_id, permission) VALUES (?, ?, ?, ?)`,
    ),
    dropGrants: db.prepare('DELETE FROM preset_grants WHERE preset_seq = ?'),
    addTag: db.prepare('INSERT INTO preset_tags (preset_seq, is_override, tag) VALUES (?, ?, ?)'),
    dropTags: db.prepare('DELETE FROM preset_tags WHERE preset_seq = ?'),
    keepVersion: db.prepare(
      `INSERT INTO preset_versions (preset_seq, version, saved_at, saved_by, preset)
       VALUES (@seq, @version, @at, @by, @preset)`,
    ),
    // Versions are counted without gaps, so a number says how many are newer.
    dropVersions: db.prepare('DELETE FROM preset_versions WHERE preset_seq = ? AND version < ?'),
    versions: db.prepare<[string], { version: number; saved_at: number; saved_by: string; preset: string }>(
      `SELECT version, saved_at, saved_by, preset FROM preset_versions
       WHERE preset_seq = (SELECT seq FROM presets WHERE id = ?) ORDER BY version DESC`,
    ),
  }
}
