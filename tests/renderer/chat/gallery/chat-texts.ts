/** The look's own example. */
export const BACKUP = `## Use the online backup, not a file copy

In WAL mode the newest pages live in the \`-wal\` file. Copying only the main file gives a database that opens and is quietly old. Two ways are safe:

- **Online backup** copies page by page while writers carry on.
- **\`VACUUM INTO\`** writes a compact copy inside one read transaction.

\`\`\`ts snapshot.ts
import Database from "better-sqlite3";

const db = new Database("switchyard.db");
await db.backup("snapshots/today.db", {
  progress: ({ remainingPages }) => remainingPages > 0 ? 200 : 0,
}); // pages per step; yields to writers between steps
\`\`\`

| Way | Blocks writers | Copy is compact | 1.2 GB here |
|---|---|---|--:|
| Online backup | No | No | 3.4 s |
| \`VACUUM INTO\` | No, but WAL grows | Yes | 9.8 s |
| File copy | Must stop them | No | 0.9 s |
`

export const CHECKS = `Run the **online backup** before a migration. It keeps page numbers as they are, so a byte-level diff against yesterday’s snapshot stays small, and nothing has to wait for it.

A copy is good when three checks agree:

1. \`PRAGMA integrity_check\` answers \`ok\`
2. the schema version in \`user_version\` is the one you left
3. the row counts of the three largest tables match

> Do this on the copy, never on the live file. See [the manual](https://sqlite.org/backup.html) for ~~all~~ the details.

- [x] snapshot taken
- [ ] checks pass
`

const CODE = `\`\`\`ts
export function check(path: string): string | null {
  const copy = new Database(path, { readonly: true })
  try {
    const [row] = copy.pragma('integrity_check')
    return row.integrity_check === 'ok' ? null : 'damaged'
  } finally {
    copy.close() // also after an error
  }
}
\`\`\``

/** Message of a long chat: 60 % prose, 25 % code, 10 % tables, 5 % lists. */
export function longMessage(depth: number): string {
  if (depth % 2 === 0) return `Question ${depth}: what happens to the pages of the log when the writer is slow?`
  const prose = `Answer ${depth}. The writer keeps its pages in the **log** until a checkpoint moves them. `.repeat(3)
  const kind = (depth >> 1) % 20
  if (kind < 12) return `${prose}\n\n${prose}\n\n${prose}`
  if (kind < 17) return `${prose}\n\n${CODE}\n\nThat is all it needs.`
  if (kind < 19) return `${prose}\n\n| a | b | c |\n|---|---|--:|\n| one | two | 3 |\n| four | five | 6 |\n`
  return `${prose}\n\n- first \`point\`\n- second point\n  - nested\n`
}

/** An answer of about \`characters\`, of all kinds of blocks. */
export function longAnswer(characters: number): string {
  let text = ''
  for (let part = 1; text.length < characters; part += 1) text += `### Part ${part}\n\n${longMessage(part * 2 + 1)}\n\n`
  return text.slice(0, characters)
}
