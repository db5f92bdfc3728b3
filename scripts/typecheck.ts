import { spawn } from 'node:child_process'
import { join } from 'node:path'

// `npm run typecheck`: the processes' sources and the window's, side by side.

const root = join(import.meta.dirname, '..')
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

function check(config: string): Promise<boolean> {
  const child = spawn(process.execPath, [compiler, '-p', config], { cwd: root, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code === 0))
  })
}

const passed = await Promise.all(['tsconfig.node.json', 'tsconfig.web.json'].map(check))
process.exitCode = passed.every(Boolean) ? 0 : 1
