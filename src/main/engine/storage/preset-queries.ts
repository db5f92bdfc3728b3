/** What a list of presets holds, and how it is sorted. */
export interface PresetSelection {
  kind: 'presets' | 'overrides'
  /** Whose eyes: a person with the groups that they are in; null sees all. */
  viewer: { id: string; groupIds: readonly string[] } | null
  /** Only those that this person made, or only those that others made. */
  owner: { id: string; is: boolean } | null
  tag: string | null
  /** Part of the name, id, description or a tag; empty: all. */
  text: string
}

export type PresetOrder = 'name' | 'created_at' | 'updated_at'
export type Parameters = Record<string, string | number>

const COLUMN: Readonly<Record<PresetOrder, string>> = {
  name: 'sort_name',
  created_at: 'created_at',
  updated_at: 'updated_at',
}

/** Trigrams find three characters and more; less is looked for in every text of the kind. */
const SHORTEST_INDEXED = 3

/**
 * Every record that a person may see: their own, and what was granted to them, to a group of theirs or to everyone.
 * Each branch is one look into an index; deciding row by row along the sorted list would ask once per record.
 */
const VISIBLE = `
  SELECT seq FROM presets WHERE owner_id = @viewer
  UNION ALL SELECT preset_seq FROM preset_grants WHERE principal_type = 'user' AND principal_id IN (@viewer, '*')
  UNION ALL SELECT preset_seq FROM preset_grants WHERE principal_type = 'anyone'
  UNION ALL SELECT preset_seq FROM preset_grants
    WHERE principal_type = 'group' AND principal_id IN (SELECT value FROM json_each(@groups))`

/** SQL for one page of ids, with `@limit` and `@offset` to add to the parameters. */
export function pageSql(selection: PresetSelection, order: PresetOrder, direction: 'asc' | 'desc'): string {
  const way = direction === 'asc' ? 'ASC' : 'DESC'
  return `SELECT id FROM presets WHERE ${conditions(selection)}
    ORDER BY presets.${COLUMN[order]} ${way}, presets.seq ${way} LIMIT @limit OFFSET @offset`
}

export function countSql(selection: PresetSelection): string {
  return `SELECT count(*) FROM presets WHERE ${conditions(selection)}`
}

/** SQL for the distinct tags of a kind, sorted. */
export function tagsSql(selection: Pick<PresetSelection, 'viewer'>): string {
  const visible = selection.viewer === null ? '' : `AND preset_seq IN (${VISIBLE})`
  return `SELECT DISTINCT tag FROM preset_tags WHERE is_override = @override ${visible} ORDER BY tag`
}

/** What the SQL of a selection is run with. */
export function parametersOf({ kind, viewer, owner, tag, text }: PresetSelection): Parameters {
  const looked = text.trim().toLowerCase()
  return {
    override: kind === 'overrides' ? 1 : 0,
    ...(viewer === null ? {} : { viewer: viewer.id, groups: JSON.stringify(viewer.groupIds) }),
    ...(owner === null ? {} : { owner: owner.id }),
    ...(tag === null ? {} : { tag }),
    ...(looked === '' ? {} : { text: isIndexed(looked) ? `"${looked.replaceAll('"', '""')}"` : looked }),
  }
}

function conditions({ viewer, owner, tag, text }: PresetSelection): string {
  const looked = text.trim().toLowerCase()
  const parts = ['presets.is_override = @override']
  // Who made a record sees it.
  const isOwn = owner?.is === true && owner.id === viewer?.id
  if (viewer !== null && !isOwn) parts.push(`presets.seq IN (${VISIBLE})`)
  if (owner !== null) parts.push(`presets.owner_id ${owner.is ? '=' : '<>'} @owner`)
  if (tag !== null) {
    parts.push('presets.seq IN (SELECT preset_seq FROM preset_tags WHERE is_override = @override AND tag = @tag)')
  }
  if (looked !== '') {
    parts.push(
      isIndexed(looked)
        ? 'presets.seq IN (SELECT rowid FROM preset_search WHERE preset_search MATCH @text)'
        : 'instr(presets.search_text, @text) > 0',
    )
  }
  return parts.join(' AND ')
}

function isIndexed(text: string): boolean {
  return [...text].length >= SHORTEST_INDEXED
}
