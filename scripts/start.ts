import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findOrDownloadElectron } from './find-electron.ts'
import { stopWithNpm } from './stop-with-npm.ts'

// `npm start`: the Electron window where its binary is or can be downloaded; otherwise the same engine headless, with
// the UI in a browser. Arguments after `--` go to whichever runs.

stopWithNpm()
const root = join(import.meta.dirname, '..')
const args = process.argv.slice(2)

const build = spawnSync(process.execPath, [join(root, 'scripts/run.mjs'), 'build'], { stdio: 'inherit', cwd: root })
if (build.status !== 0) process.exit(build.status ?? 1)

const obstacle = windowObstacle()
const electron = obstacle === null ? findOrDownloadElectron() : null
if (electron?.path) {
  run(electron.path, [root, ...args])
} else {
  const why =
    electron?.path === null ? `The Electron binary is not here (${electron.reason})` : `No window here (${obstacle})`
  console.log(`${why}, so Switchyard runs headless: same engine, UI in your browser.`)
  const open = hasDisplay() && !args.includes('--open') ? ['--open'] : []
  run(process.execPath, [...process.execArgv, join(root, 'out/main/serve.js'), ...open, ...args])
}

/** Why no Electron window can open here even with its binary; null if one can. The sandbox is never given up for it. */
function windowObstacle(): string | null {
  if (!hasDisplay()) return 'there is no display'
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    return 'Electron does not run as root with its sandbox on; start Switchyard as a normal user for the window'
  }
  return null
}

function hasDisplay(): boolean {
  if (process.platform !== 'linux') return process.platform === 'darwin' || process.platform === 'win32'
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/** Runs the program in our place: its output, its signals, its exit code. */
function run(command: string, argv: string[]): void {
  // A shell that runs Electron's Node mode for something else must not turn the app into a bare Node.
  const { ELECTRON_RUN_AS_NODE: _unused, ...env } = process.env
  const child = spawn(command, argv, { stdio: 'inherit', cwd: process.cwd(), env })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // A terminal's Ctrl-C reaches the program by itself; a second one would mean "at once" to it.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    console.error(`${command} could not be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // Ends the same way as the program did, so that a shell sees the signal.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
