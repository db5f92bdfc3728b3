import { spawnSync } from 'node:child_process'

/** Runs one step of a script with its output shown; prints what it runs and how long it took. Exits the process if it fails. */
export function step(name: string, command: string, args: string[], env: NodeJS.ProcessEnv = process.env): void {
  console.log(`\n▸ ${name}: ${[command, ...args].join(' ')}`)
  const startedAt = performance.now()
  // On Windows the tools in node_modules/.bin are .cmd files, which only a shell starts.
  const result = spawnSync(command, args, { stdio: 'inherit', env, shell: process.platform === 'win32' })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  if (result.error !== undefined) {
    console.error(`✗ ${name} could not be started: ${result.error.message}`)
    process.exit(1)
  }
  if (result.status !== 0) {
    console.error(`✗ ${name} failed after ${seconds} s (exit ${result.status ?? result.signal})`)
    process.exit(typeof result.status === 'number' && result.status > 0 ? result.status : 1)
  }
  console.log(`✓ ${name} (${seconds} s)`)
}
