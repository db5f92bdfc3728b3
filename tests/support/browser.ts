import { type Browser, chromium } from 'playwright'
import { findBrowser } from '../../scripts/find-browser.ts'

/** Why UI tests cannot run here, for `describe.skipIf`; null where a browser is. In CI a missing browser fails instead. */
export function browserMissing(): string | null {
  if (findBrowser() !== null) return null
  if (process.env.CI) throw new Error('No Chrome or Chromium was found; in CI that is a failure.')
  return process.env.SWITCHYARD_SKIP_UI ?? 'no Chrome or Chromium was found'
}

/** A real headless Chromium that talks to nobody but our own servers. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error('No Chrome or Chromium was found.')
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
    ],
  })
}
