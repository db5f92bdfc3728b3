import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright'

/** Chrome or Chromium that tests can drive: SWITCHYARD_CHROMIUM, Playwright's own, or an installed one. Null if there is none. */
export function findBrowser(): string | null {
  const named = process.env.SWITCHYARD_CHROMIUM
  if (named) {
    if (existsSync(named)) return named
    throw new Error(`SWITCHYARD_CHROMIUM names ${named}, which is not there.`)
  }
  const playwrights = chromium.executablePath()
  if (existsSync(playwrights)) return playwrights
  return installedBrowsers().find((path) => existsSync(path)) ?? null
}

function installedBrowsers(): string[] {
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
    ]
  }
  if (process.platform === 'win32') {
    return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
      const root = process.env[name]
      return root ? [join(root, 'Google/Chrome/Application/chrome.exe')] : []
    })
  }
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable']
}

/** Finds a browser or installs one: Playwright's where its server is reachable, Debian's package where we are root. */
export function findOrInstallBrowser(): string | null {
  const found = findBrowser()
  if (found !== null) return found
  console.log('No Chrome or Chromium here; trying to install one for the UI tests.')
  const isDebianRoot = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  const attempts: [string, string[]][] = [
    ...(isDebianRoot
      ? ([
          ['apt-get', ['update', '-q']],
          ['apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium']],
        ] satisfies [string, string[]][])
      : []),
    [process.execPath, [join('node_modules', 'playwright', 'cli.js'), 'install', 'chromium']],
  ]
  for (const [command, args] of attempts) {
    console.log(`  ${command} ${args.join(' ')}`)
    spawnSync(command, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    const installed = findBrowser()
    if (installed !== null) return installed
  }
  return null
}
