import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findElectron } from '../../scripts/find-electron.ts'

const root = join(import.meta.dirname, '../..')
const electron = findElectron()

/** Why the real binary cannot run here; null if it can. */
function obstacle(): string | null {
  if (electron.path === null) return `no Electron binary: ${electron.reason}`
  if (process.platform !== 'linux') return null
  if (process.getuid?.() === 0) return 'Electron refuses to run as root with its sandbox on'
  return process.env.DISPLAY || process.env.WAYLAND_DISPLAY ? null : 'no display; run it under xvfb-run'
}

const reason = obstacle()
if (reason !== null && process.env.SWITCHYARD_REQUIRE_ELECTRON)
  throw new Error(`Real Electron is required here: ${reason}`)

describe.skipIf(reason !== null)(`real Electron${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let folder: string
  let app: ElectronApplication
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'switchyard-electron-'))
    app = await _electron.launch({
      executablePath: electron.path ?? '',
      args: [root],
      env: {
        ...(process.env as Record<string, string>),
        SWITCHYARD_DATA_DIR: join(folder, 'data'),
        SWITCHYARD_PORT: '0',
        // Chromium's and our preferences, too, belong to this run alone.
        XDG_CONFIG_HOME: join(folder, 'config'),
        APPDATA: join(folder, 'config'),
      },
    })
  })
  afterAll(async () => {
    await app?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('opens the window at app://bundle with the engine behind it', async () => {
    const page = await app.firstWindow()
    await page.getByText(join(folder, 'data')).waitFor({ state: 'attached' })
    expect(await page.evaluate(() => location.origin)).toBe('app://bundle')
  })

  it('runs the page sandboxed and isolated', async () => {
    const page = await app.firstWindow()
    const globals = await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in globalThis))
    expect(globals).toEqual([])
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>
      }
      const { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences()
      return { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag }
    })
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
    })
    expect(preferences.webviewTag ?? false).toBe(false)
  })

  it('answers a path outside the bundle with 404 and the policy', async () => {
    const page = await app.firstWindow()
    const answer = await page.evaluate(async () => {
      const response = await fetch('/..%2f..%2fpackage.json')
      return { status: response.status, policy: response.headers.get('content-security-policy') }
    })
    expect(answer).toEqual({ status: 404, policy: expect.stringContaining("default-src 'none'") })
  })

  it('lets the page reach no network', async () => {
    const page = await app.firstWindow()
    const reached = await page.evaluate(() =>
      fetch('http://127.0.0.1:1/').then(
        () => true,
        (error) => String(error),
      ),
    )
    expect(reached).toMatch(/Failed to fetch/)
  })

  it('opens no second window and leaves the page where it is', async () => {
    const page = await app.firstWindow()
    const opened = await page.evaluate(() => window.open('http://example.invalid/'))
    expect(opened).toBeNull()
    await page.evaluate(() => {
      location.href = 'http://example.invalid/'
    })
    expect(await page.evaluate(() => location.origin)).toBe('app://bundle')
    expect(app.windows()).toHaveLength(1)
  })

  it('streams an answer of the demo model into the window', async () => {
    const page = await app.firstWindow()
    await page.getByRole('button', { name: 'Try it with the demo' }).click()
    await expect.poll(() => page.getByRole('log').innerText(), { timeout: 30_000 }).toMatch(/\w+ \w+ \w+/)
  })

  it('connects again after a reload', async () => {
    const page = await app.firstWindow()
    await page.reload()
    await expect.poll(() => page.locator('body').innerText(), { timeout: 15_000 }).toMatch(/demo/)
  })
})
