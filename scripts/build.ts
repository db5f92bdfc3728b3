import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importsOf } from './imports-of.ts'
import { sourceHash } from './source-hash.ts'

// `npm run build`: main, preload and renderer into out/, skipped when nothing that it reads has changed.
// `npm run build -- --force` builds in any case.

const root = join(import.meta.dirname, '..')
const stamp = join(root, 'out', '.build-stamp')
const outputs = ['out/main/index.js', 'out/main/serve.js', 'out/preload/index.cjs', 'out/renderer/index.html']

const startedAt = performance.now()
const hash = sourceHash(root, [
  'src',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'electron.vite.config.ts',
])
const isFresh =
  existsSync(stamp) && readFileSync(stamp, 'utf8') === hash && outputs.every((o) => existsSync(join(root, o)))

if (isFresh && !process.argv.includes('--force')) {
  console.log('Build is up to date.')
} else {
  // In a child: the bundler's own output is shown only if it fails.
  const cli = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const built = spawnSync(process.execPath, [cli, 'build', '--logLevel', 'warn'], { cwd: root, encoding: 'utf8' })
  if (built.status !== 0) fail(`${built.stdout}${built.stderr}${built.error?.message ?? ''}`.trim())
  const missing = outputs.filter((output) => !existsSync(join(root, output)))
  if (missing.length > 0) fail(`the bundler left out ${missing.join(', ')}`)
  // Modules that both entries share land in one chunk; a single one with Electron in it breaks the headless form.
  for (const entry of ['serve', 'llama-worker', 'llama-trial', 'storage-worker']) {
    const reached = importsOf(join(root, 'out/main', `${entry}.js`)).filter((name) =>
      /^electron(-store)?($|\/)/.test(name),
    )
    if (reached.length > 0) fail(`out/main/${entry}.js reaches ${reached.join(', ')}; it must run under plain Node`)
  }
  writeFileSync(stamp, hash)
  console.log(`Built main, preload and renderer in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`)
}

function fail(reason: string): never {
  console.error(`The build failed: ${reason}`)
  process.exit(1)
}
