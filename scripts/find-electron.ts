import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

// `require('electron')` is never called: where the binary is missing it downloads synchronously, with no time limit.

const DOWNLOAD_LIMIT_MS = 120_000
const RETRY_AFTER_MS = 24 * 60 * 60 * 1000

/** Where Electron's executable is, or why there is none. */
export type ElectronSearch = { path: string } | { path: null; reason: string }

/** Looks for Electron's executable without starting or downloading anything. */
export function findElectron(env: NodeJS.ProcessEnv = process.env): ElectronSearch {
  const override = env.ELECTRON_OVERRIDE_DIST_PATH
  const folder = electronPackage()
  if (folder === null && !override) return { path: null, reason: 'the electron package is not installed' }
  const relative = (folder === null ? null : readText(join(folder, 'path.txt'))) ?? (override ? executableName() : null)
  if (relative === null) return { path: null, reason: 'it has not been downloaded' }
  const path = join(override ?? join(folder ?? '', 'dist'), relative)
  return existsSync(path) ? { path } : { path: null, reason: `there is no file ${path}` }
}

/**
 * Looks for Electron's executable and lets Electron's own installer download it if it is missing, for at most two
 * minutes. A failed download is remembered for a day, so that not every start waits for it.
 */
export function findOrDownloadElectron(): ElectronSearch {
  const found = findElectron()
  const folder = electronPackage()
  if (found.path !== null || folder === null || process.env.ELECTRON_OVERRIDE_DIST_PATH) return found
  if (process.env.ELECTRON_SKIP_BINARY_DOWNLOAD) {
    return { path: null, reason: 'ELECTRON_SKIP_BINARY_DOWNLOAD forbids downloading it' }
  }
  const memory = join(dirname(folder), '.cache', 'switchyard', 'electron-download-failed')
  const earlier = recentFailure(memory)
  if (earlier !== null)
    return { path: null, reason: `${earlier}; trying again tomorrow, or now with npx install-electron` }
  console.log(`Downloading the Electron binary (once, for at most ${DOWNLOAD_LIMIT_MS / 60_000} minutes) …`)
  const run = spawnSync(process.execPath, [join(folder, 'install.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: DOWNLOAD_LIMIT_MS,
    encoding: 'utf8',
  })
  const now = findElectron()
  if (run.status === 0 && now.path !== null) return now
  const reason = run.signal === null ? downloadReason(run.stderr) : 'the download took too long'
  mkdirSync(dirname(memory), { recursive: true })
  writeFileSync(memory, reason)
  return { path: null, reason }
}

/** The failure in one line, without its stack: the network's own reason if it names one, else the first line. */
function downloadReason(stderr: string): string {
  const lines = stderr.split('\n')
  const line =
    lines.find((text) => /\bE[A-Z_]{4,}\b|certificate/.test(text)) ?? lines.find((text) => /error/i.test(text))
  const reason = line
    ?.trim()
    .replace(/^(\[cause\]:\s*)?\w*Error:\s*/, '')
    .replace(/\s*\{$/, '')
  // undici's word for any network failure; it tells a person nothing.
  return reason && reason !== 'fetch failed'
    ? `the download failed: ${reason}`
    : 'its download server cannot be reached'
}

function recentFailure(memory: string): string | null {
  const age = existsSync(memory) ? Date.now() - statSync(memory).mtimeMs : Number.POSITIVE_INFINITY
  return age < RETRY_AFTER_MS ? readText(memory) : null
}

function electronPackage(): string | null {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  } catch {
    return null
  }
}

function readText(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null
}

function executableName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron'
  return process.platform === 'win32' ? 'electron.exe' : 'electron'
}
