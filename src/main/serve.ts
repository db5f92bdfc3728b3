import { existsSync } from 'node:fs'
import { join } from 'node:path'

// The check comes before anything native is loaded: better-sqlite3 crashes on an old Node without a word.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`Switchyard needs Node 22.19 or newer; this is Node ${process.versions.node}.`)
  process.exit(1)
}

const isBuilt = import.meta.filename.endsWith('.js')
const root = join(import.meta.dirname, '..', '..')
const renderer = join(root, 'out', 'renderer')
const { runHeadless } = await import('./headless/run-headless.ts')
process.exitCode = await runHeadless(process.argv.slice(2), {
  entries: import.meta.dirname,
  entryExtension: isBuilt ? '.js' : '.ts',
  root,
  renderer: existsSync(renderer) ? renderer : null,
})
