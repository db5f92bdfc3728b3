import { delimiter, join } from 'node:path'
import { findOrInstallBrowser } from './find-browser.ts'
import { step } from './step.ts'

// `npm test`: everything that must hold before a change lands, cheapest first.
// Arguments after `--` go to vitest, to run a part of the tests alone.

const only = process.argv.slice(2)
const bin = join(import.meta.dirname, '..', 'node_modules', '.bin')
const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }

console.log(`Node ${process.versions.node} on ${process.platform}-${process.arch}`)
const browser = findOrInstallBrowser()
if (browser === null) {
  const line = 'No Chrome or Chromium was found and none could be installed; set SWITCHYARD_CHROMIUM to one.'
  if (process.env.CI) {
    console.error(`✗ ${line}`)
    process.exit(1)
  }
  console.warn(`! ${line} The UI tests are skipped on this machine; in CI this is a failure.`)
  env.SWITCHYARD_SKIP_UI = line
} else {
  console.log(`Browser for the UI tests: ${browser}`)
  env.SWITCHYARD_CHROMIUM = browser
}

if (only.length === 0) {
  step('types', 'npm', ['run', '--silent', 'typecheck'], env)
  step('lint and format', 'npm', ['run', '--silent', 'lint'], env)
  step('architecture', 'npm', ['run', '--silent', 'arch'], env)
}
step('build', process.execPath, [join(import.meta.dirname, 'run.mjs'), 'build'], env)
const vitest = join('node_modules', 'vitest', 'vitest.mjs')
if (only.length > 0) {
  step('tests', process.execPath, [vitest, 'run', ...only], env)
} else {
  const together = ['unit', 'renderer', 'integration'].flatMap((project) => ['--project', project])
  step('tests', process.execPath, [vitest, 'run', ...together], env)
  step('servers, window and desktop shell', process.execPath, [vitest, 'run', '--project', 'whole'], env)
  step('times of whole servers', process.execPath, [vitest, 'run', '--project', 'alone'], env)
}
console.log('\nAll tests passed.')
