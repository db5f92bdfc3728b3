import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { closeBrowser, type Double, launchDouble } from './electron-double/host.ts'
import { gatewayClient, gatewayUrl } from './gateway-client.ts'

describe.skipIf(process.env.SWITCHYARD_SKIP_UI)('the window, through the Electron double', () => {
  let app: Double
  beforeAll(async () => {
    app = await launchDouble({ config: { prefersDark: true } })
  })
  afterAll(async () => {
    await app.stop()
    await closeBrowser()
  })

  async function welcomed() {
    const { page } = await app.window()
    // Attached, not visible: a narrow window hides it.
    await page.getByText(app.dataFolder).waitFor({ state: 'attached' })
    return page
  }

  it('opens with the engine behind it: the page shows what app.info said over the port', async () => {
    const page = await welcomed()
    expect(new URL(page.url()).origin).toBe('https://bundle.app-double')
    expect(app.seen.deliveries).toEqual([{ contents: 1, channel: 'switchyard:port' }])
  })

  it('prepares before ready: own folder, scheme and lock in this order, then the protocol', async () => {
    const { order } = await app.record()
    expect(order).toEqual(['set userData', 'register-schemes', 'single-instance-lock', 'ready', 'handle app'])
  })

  it('asks for a sandboxed, isolated page and for nothing more', async () => {
    const { windows, sandboxEnabled, schemes, ipcChannels } = await app.record()
    expect(sandboxEnabled).toBe(true)
    expect(windows).toHaveLength(1)
    const { webPreferences, show, backgroundColor } = windows[0] as Record<string, unknown>
    expect(show).toBe(false)
    expect(backgroundColor).toBe('#1a1713')
    expect(webPreferences).toEqual({
      preload: expect.stringMatching(/out[\\/]preload[\\/]index\.cjs$/),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    })
    expect(schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ])
    expect(ipcChannels).toEqual(['switchyard:connect'])
  })

  it('gives the page three plain things and no way into Node or Electron', async () => {
    const page = await welcomed()
    const world = await page.evaluate(() => ({
      bridge: Object.keys(Object(Reflect.get(window, 'switchyard'))).sort(),
      frozen: Object.isFrozen(Reflect.get(window, 'switchyard')),
      globals: ['require', 'process', 'module', 'ipcRenderer', '__electronDouble'].filter((name) => name in globalThis),
    }))
    expect(world).toEqual({ bridge: ['desktop', 'pathForFile', 'platform'], frozen: true, globals: [] })
  })

  it('has a preload that requires nothing but electron', async () => {
    const source = await readFile(join(import.meta.dirname, '../../out/preload/index.cjs'), 'utf8')
    const required = [...source.matchAll(/require\(["'`]([^"'`]+)["'`]\)/g)].map((match) => match[1])
    expect(required).toEqual(['electron'])
    expect(source).not.toMatch(/\bimport\b\s*[({"']/)
  })

  it('starts the gateway beside the window, for clients', async () => {
    const url = await gatewayUrl(app)
    const info = await gatewayClient(url).app.info()
    expect(info).toMatchObject({ mode: 'desktop', gatewayUrl: url, dataFolder: app.dataFolder })
  })

  it('keeps serving a port after a reload, from the menu and from the page itself', async () => {
    await welcomed()
    const before = app.seen.deliveries.length
    await app.call('menu.click', 'View', 'Reload Window')
    await vi.waitFor(() => expect(app.seen.deliveries.length).toBe(before + 1), { timeout: 10_000 })
    const page = await welcomed()
    await page.evaluate(() => location.reload())
    await vi.waitFor(() => expect(app.seen.deliveries.length).toBe(before + 2), { timeout: 10_000 })
    await welcomed()
  })

  it('comes back after its process crashed, and gives up reloading when it keeps crashing', async () => {
    for (let crash = 1; crash <= 3; crash += 1) {
      const before = app.seen.deliveries.length
      await app.crash()
      await vi.waitFor(() => expect(app.seen.deliveries.length).toBe(before + 1), { timeout: 10_000 })
      await welcomed()
    }
    expect((await app.record()).messageBoxes).toEqual([])
    const before = app.seen.deliveries.length
    await app.crash()
    await vi.waitFor(async () => {
      const boxes = (await app.record()).messageBoxes
      expect(boxes).toEqual([expect.objectContaining({ message: 'The window keeps failing' })])
    })
    // The double answers every box with its first button: "Open Again".
    await vi.waitFor(() => expect(app.seen.deliveries.length).toBe(before + 1), { timeout: 10_000 })
    await welcomed()
  })

  it('remembers where it was, also when it is closed and opened again from the tray', async () => {
    const { id } = await app.window()
    await app.call('window.setBounds', id, { x: 300, y: 200, width: 900, height: 700 })
    await app.call('window.close', id)
    const stored = JSON.parse(await readFile(join(app.appData, 'Switchyard', 'window', 'preferences.json'), 'utf8'))
    expect(stored.window).toEqual({ bounds: { x: 300, y: 200, width: 900, height: 700 }, maximized: false })
    // The engine lives on without a window.
    expect((await gatewayClient(await gatewayUrl(app)).app.status()).storage).toBe('ok')

    await app.call('tray.menuClick', 'Show Switchyard')
    await welcomed()
    const { windows } = await app.record()
    expect(windows.at(-1)).toMatchObject({ x: 300, y: 200, width: 900, height: 700 })
  })

  it('follows theme and language of the settings in native parts', async () => {
    const client = gatewayClient(await gatewayUrl(app))
    await client.settings.update({ theme: 'light', language: 'zh' })
    await vi.waitFor(async () => {
      const { themeSource, menu } = await app.record()
      expect(themeSource).toBe('light')
      expect((menu[0] as { label: string }).label).toBe('文件')
    })
    const stored = JSON.parse(await readFile(join(app.appData, 'Switchyard', 'window', 'preferences.json'), 'utf8'))
    expect(stored.theme).toBe('light')
  })

  it('showed no error in the console', () => {
    expect(app.seen.faults).toEqual([])
    expect(app.seen.consoleErrors).toEqual([])
  })
})
