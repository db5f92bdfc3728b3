import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A hash over everything that the build reads below `root`, and the Node version that builds it. */
export function sourceHash(root: string, parts: readonly string[]): string {
  const hash = createHash('sha256').update(process.versions.node)
  for (const part of parts) {
    for (const file of filesIn(join(root, part))) {
      hash.update(`\n${file.slice(root.length)}\n`).update(readFileSync(file))
    }
  }
  return hash.digest('hex')
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
}
