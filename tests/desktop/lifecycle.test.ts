import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { closeBrowser, type Double, type LaunchOptions, launchDouble } from './electron-double/host.ts'
import { gatewayClient, gatewayUrl } from './gateway-client.ts'

describe.skipIf(process.env.SWITCHYARD_SKIP_UI)('start and end of the shell, through the Electron double', () => {
  const cleanups: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })
  afterAll(closeBrowser)

  async function launch(options?: LaunchOptions): Promise<Double> {
    const app = await launchDouble(options)
    cleanups.push(() => app.stop())
    return app
  }
  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'switchyard-desktop-'))
    cleanups.push(() => rm(path, { recursive: true, force: true }))
    return path
  }
  async function ready(app: Double) {
    const { page } = await app.window()
    await page.getByText(app.dataFolder).waitFor({ state: 'attached' })
    return page
  }

  it('a second launch ends at once and only brings the first window back', async () => {
    const appData = await folder()
    const first = await launch({ config: { appData } })
    await ready(first)
    const { id } = await first.window()
    await first.call('window.minimize', id)

    const second = await launch({ config: { appData } })
    expect(await second.exited).toBe(0)
    expect(second.output()).toBe('')
    await vi.waitFor(async () => {
      expect(await first.call('window.look', id)).toMatchObject({ minimized: false, focused: true, visible: true })
    })
    expect((await first.record()).windows).toHaveLength(1)
  })

  // Windows has no SIGTERM to catch.
  const waysToQuit = process.platform === 'win32' ? ['the tray'] : ['the tray', 'SIGTERM']
  it.each(waysToQuit)('quitting by %s keeps the text of a running answer and exits 0', async (way) => {
    const appData = await folder()
    const app = await launch({ config: { appData } })
    await ready(app)
    const client = gatewayClient(await gatewayUrl(app))
    const { id } = await client.chats.create({})
    const { answer } = await client.chats.send({ id, parentId: null, content: 'Go on forever', modelId: 'demo' })
    let seen = ''
    for await (const event of await client.chats.watch({ answerId: answer.id })) {
      if (event.type === 'delta') seen += event.content
      if (seen.length > 40) break
    }

    if (way === 'SIGTERM') app.process.kill('SIGTERM')
    else await app.call('tray.menuClick', 'Quit Switchyard')
    expect(await app.exited).toBe(0)
    expect(app.output()).toBe('')

    const again = await launch({ config: { appData } })
    const thread = await gatewayClient(await gatewayUrl(again)).chats.thread({ id })
    const kept = thread.tail.at(-1)
    expect(kept).toMatchObject({ id: answer.id, status: 'stopped' })
    expect(kept?.content.startsWith(seen)).toBe(true)
    // The window's place was saved although the exit closed nothing one by one.
    const preferences = JSON.parse(await readFile(join(appData, 'Switchyard', 'window', 'preferences.json'), 'utf8'))
    expect(preferences.window).not.toBeNull()
  })

  it('takes the next free port when another program has the usual one', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => new Promise((resolve) => taken.close(resolve)))
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const app = await launch({ env: { SWITCHYARD_PORT: String(port) } })
    const url = await gatewayUrl(app)
    const found = Number(new URL(url).port)
    expect(found).toBeGreaterThan(port)
    expect(found).toBeLessThanOrEqual(port + 9)
    expect((await gatewayClient(url).app.info()).gatewayUrl).toBe(url)
  })

  it('explains a damaged database in a dialog, leaves the file as it is, and exits 1', async () => {
    const appData = await folder()
    const first = await launch({ config: { appData } })
    await ready(first)
    await first.call('app.quit').catch(() => undefined)
    expect(await first.exited).toBe(0)
    const database = join(first.dataFolder, 'switchyard.db')
    const damaged = Buffer.from(await readFile(database))
    damaged.fill(0x58, 0, 4096)
    await writeFile(database, damaged)

    // The box's second button shows the data folder before the app ends.
    const app = await launch({ config: { appData, dialogResponse: 1 } })
    expect(await app.exited).toBe(1)
    expect(app.output()).toMatch(/Switchyard cannot start: .*(damaged|database)/i)
    expect(Buffer.compare(await readFile(database), damaged)).toBe(0)
  })

  it('explains an unusable data folder and exits 1', async () => {
    const appData = await folder()
    const file = join(appData, 'in-the-way')
    await writeFile(file, '')
    const app = await launch({ config: { appData }, env: { SWITCHYARD_DATA_DIR: join(file, 'data') } })
    expect(await app.exited).toBe(1)
    expect(app.output()).toContain('a file is in the way')
  })

  it('starts from preferences that are damaged, as without any', async () => {
    const appData = await folder()
    await mkdir(join(appData, 'Switchyard', 'window'), { recursive: true })
    await writeFile(join(appData, 'Switchyard', 'window', 'preferences.json'), '{"window": 7, "theme": "mauve"}')
    const app = await launch({ config: { appData } })
    await ready(app)
    expect((await app.record()).windows[0]).toMatchObject({ width: 1200, height: 800 })
  })

  it('offers no other data folder where the environment decides', async () => {
    const app = await launch()
    await app.window()
    await expect(app.call('menu.click', 'File', 'Choose Data Folder…')).rejects.toThrow('is disabled')
  })

  it('restarts into a chosen data folder, but only after a yes', async () => {
    const chosen = await folder()
    const usual = await folder()
    const app = await launch({
      config: { pickedFolder: chosen, dialogResponse: 1 },
      // Wherever a platform's usual place is, here it is empty.
      env: { SWITCHYARD_DATA_DIR: '', XDG_DATA_HOME: usual, HOME: usual, APPDATA: usual },
    })
    await gatewayUrl(app)
    await app.call('menu.click', 'File', 'Choose Data Folder…')
    await vi.waitFor(async () => {
      expect((await app.record()).messageBoxes).toEqual([expect.objectContaining({ detail: chosen })])
    })
    expect((await app.record()).relaunches).toBe(0)

    await app.call('configure', { dialogResponse: 0 })
    await app.call('menu.click', 'File', 'Choose Data Folder…')
    expect(await app.exited).toBe(0)
    const preferences = JSON.parse(
      await readFile(join(app.appData, 'Switchyard', 'window', 'preferences.json'), 'utf8'),
    )
    expect(preferences.dataFolder).toBe(chosen)
  })
})
