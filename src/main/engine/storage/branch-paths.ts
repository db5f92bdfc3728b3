import type { WritableDatabase } from './sqlite.ts'

const KEEP = 8

/** The row numbers of a branch by depth. A message's ancestors never change, so what is known of a leaf stays true. */
export interface BranchPaths {
  /** Row numbers from the first message to `leafId`: index is depth. Empty if there is no such message. */
  of(leafId: string): readonly number[]
  clear(): void
}

/** Keeps the paths of the last few leaves: walking 10,000 messages up takes about 15 ms, too long for each page of a scroll. */
export function createBranchPaths(db: WritableDatabase): BranchPaths {
  const walk = db
    .prepare<[string], number>(
      // Left alone, SQLite takes the unique index and then reads the whole row for its parent.
      `WITH RECURSIVE walk (seq, parent_id) AS (
         SELECT seq, parent_id FROM messages INDEXED BY messages_walk WHERE id = ?
         UNION ALL
         SELECT messages.seq, messages.parent_id FROM walk
         JOIN messages INDEXED BY messages_walk ON messages.id = walk.parent_id
       )
       SELECT seq FROM walk`,
    )
    .pluck()
  const parentOf = db.prepare<[string], string | null>('SELECT parent_id FROM messages WHERE id = ?').pluck()
  const seqOf = db.prepare<[string], number>('SELECT seq FROM messages WHERE id = ?').pluck()
  const known = new Map<string, readonly number[]>()

  function find(leafId: string): readonly number[] {
    // A new message is one or two below a leaf that is known already.
    const above: number[] = []
    let id: string | null | undefined = leafId
    for (let step = 0; step < 3 && id; step++) {
      const path = known.get(id)
      if (path !== undefined) return [...path, ...above.reverse()]
      const seq = seqOf.get(id)
      if (seq === undefined) return []
      above.push(seq)
      id = parentOf.get(id)
    }
    return walk.all(leafId).reverse()
  }

  return {
    of(leafId) {
      const path = known.get(leafId) ?? find(leafId)
      known.delete(leafId)
      if (path.length > 0) known.set(leafId, path)
      for (const oldest of known.keys()) {
        if (known.size <= KEEP) break
        known.delete(oldest)
      }
      return path
    },
    clear: () => known.clear(),
  }
}
