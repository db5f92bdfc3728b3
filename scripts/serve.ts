import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stopWithNpm } from './stop-with-npm.ts'

// `npm run serve`: builds if the sources changed, then runs the headless entry in this very process,
// so that signals, exit codes and output are the server's own.
stopWithNpm()
const root = join(import.meta.dirname, '..')
const built = spawnSync(process.execPath, [join(root, 'scripts/run.mjs'), 'build'], { stdio: 'inherit', cwd: root })
if (built.status !== 0) process.exit(built.status ?? 1)
await import(pathToFileURL(join(root, 'out/main/serve.js')).href)
