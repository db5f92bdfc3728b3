import { readFile } from 'node:fs/promises'
import type { BrowserContext, CDPSession, Page, Route } from 'playwright'
import { PAGE_ORIGIN, toApp, toPage } from './app-address.ts'
import { BINDING, mainWorldScript, PRELOAD_WORLD, preloadScript } from './page-scripts.ts'
import type { Peer } from './peer.ts'

interface PageOptions {
  id: number
  context: BrowserContext
  main: Peer
  preload: string | null
  filePaths: Record<string, string>
  seen: Seen
}

/** What the page did that a test may ask about. */
export interface Seen {
  /** Every answer of the app protocol. */
  answers: { url: string; status: number; headers: Record<string, string> }[]
  /** Requests that would have left for a network; all were stopped here. */
  outsideRequests: string[]
  consoleErrors: string[]
  focusedWindows: number[]
  /** Web contents ids that messages were sent to, one entry a message. */
  deliveries: { contents: number; channel: string }[]
  /** What went wrong in the double itself. */
  faults: string[]
}

/** Web contents backed by a real Chromium page: its protocol, preload world, ports and navigation. */
export class DoublePage {
  page: Page
  private cdp: CDPSession
  private world: number | null = null
  private ownNavigations = 0
  private opening: Promise<unknown> | null = null
  private closing = false
  private portsHere = new Set<number>()
  private readonly options: PageOptions

  private constructor(options: PageOptions, page: Page, cdp: CDPSession) {
    this.options = options
    this.page = page
    this.cdp = cdp
  }

  static async open(options: PageOptions): Promise<DoublePage> {
    const page = await options.context.newPage()
    const opened = new DoublePage(options, page, await options.context.newCDPSession(page))
    await opened.prepare()
    return opened
  }

  private async prepare(): Promise<void> {
    const { main, id, seen, preload, filePaths } = this.options
    const { page, cdp } = this
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name === PRELOAD_WORLD) this.world = context.id
    })
    cdp.on('Runtime.executionContextDestroyed', (event) => {
      if (event.executionContextId === this.world) this.loseWorld()
    })
    cdp.on('Runtime.executionContextsCleared', () => this.loseWorld())
    cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === BINDING) this.fromPreload(JSON.parse(payload))
    })
    await cdp.send('Page.enable')
    await cdp.send('Runtime.enable')
    await cdp.send('Runtime.addBinding', { name: BINDING, executionContextName: PRELOAD_WORLD })
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript })
    if (preload !== null) {
      const source = preloadScript(await readFile(preload, 'utf8'), process.platform, filePaths)
      await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: PRELOAD_WORLD })
    }
    await page.route('**/*', async (route) => {
      try {
        await this.answer(route)
      } catch (error) {
        if (!page.isClosed() && !this.closing) seen.faults.push(`${route.request().url()}: ${error}`)
        await route.abort().catch(() => undefined)
      }
    })
    page.on('console', (message) => {
      if (message.type() === 'error') seen.consoleErrors.push(message.text())
    })
    page.on('pageerror', (error) => seen.consoleErrors.push(String(error)))
    // A popup's own address is about:blank at first; this says what was asked for.
    cdp.on('Page.windowOpen', ({ url }) => {
      this.opening = main.call('contents.windowOpen', id, toApp(url))
    })
    page.on('popup', (popup) => void this.decidePopup(popup))
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame() && frame.url().startsWith(PAGE_ORIGIN)) {
        this.notify('contents.committed', id, toApp(frame.url()))
      }
    })
    page.on('load', () => this.notify('contents.emit', id, 'did-finish-load'))
    page.on('crash', () => {
      this.loseWorld()
      this.notify('contents.gone', id, 'crashed')
    })
  }

  async load(url: string): Promise<void> {
    this.ownNavigations += 1
    await this.page.goto(toPage(url))
  }

  /** As webContents.reload: not the page's own doing. A crashed page is replaced, as Electron replaces its process. */
  async reload(): Promise<void> {
    const url = this.page.url()
    const { context } = this.options
    const crashed = this.page
    const page = await context.newPage()
    this.page = page
    this.cdp = await context.newCDPSession(page)
    await this.prepare()
    this.loseWorld()
    await crashed.close()
    this.ownNavigations += 1
    await page.goto(url)
  }

  async deliver(channel: string, message: unknown, ports: number[]): Promise<void> {
    for (const id of ports) this.portsHere.add(id)
    await this.inPreload(`deliver(${[channel, message, ports].map((arg) => JSON.stringify(arg)).join()})`)
  }

  hasPort(id: number): boolean {
    return this.portsHere.has(id)
  }

  async toPort(id: number, data: string | Uint8Array): Promise<void> {
    const text = typeof data === 'string' ? JSON.stringify(data) : 'undefined'
    const base64 = typeof data === 'string' ? 'undefined' : JSON.stringify(Buffer.from(data).toString('base64'))
    await this.inPreload(`port(${id}, ${text}, ${base64})`)
  }

  async closePort(id: number): Promise<void> {
    this.portsHere.delete(id)
    await this.inPreload(`close(${id})`)
  }

  /** Ends the page's process, as a fault in it would. */
  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    // The command has no answer: who would send it is gone.
    void this.cdp.send('Page.crash').catch(() => undefined)
    await crashed
  }

  async close(): Promise<void> {
    this.closing = true
    this.loseWorld()
    await this.page.close()
  }

  private async inPreload(call: string): Promise<void> {
    const world = this.world
    if (world === null) return
    try {
      await this.cdp.send('Runtime.evaluate', { expression: `__fromHost.${call}`, contextId: world })
    } catch (error) {
      // The document went away meanwhile, and its ports with it.
      if (!/Cannot find context|has been closed|crashed/.test(String(error))) throw error
    }
  }

  private fromPreload(message: {
    type: string
    id: number
    text?: string
    base64?: string
    channel: string
    args: unknown[]
  }) {
    const { id } = this.options
    if (message.type === 'port') {
      const data = message.text ?? new Uint8Array(Buffer.from(message.base64 ?? '', 'base64'))
      this.notify('port.fromPage', message.id, data)
    } else if (message.type === 'close') {
      this.portsHere.delete(message.id)
      this.notify('port.closedInPage', message.id)
    } else {
      const origin = toApp(new URL(this.page.url()).origin)
      const frame = { url: toApp(this.page.url()), origin, isTop: true }
      this.notify('contents.ipc', id, message.channel, message.args, frame)
    }
  }

  /** A document that goes away takes its ends of all ports along. */
  private loseWorld(): void {
    this.world = null
    for (const port of this.portsHere) this.notify('port.closedInPage', port)
    this.portsHere.clear()
  }

  private async answer(route: Route): Promise<void> {
    const request = route.request()
    const { main, id, seen } = this.options
    const url = request.url()
    if (request.isNavigationRequest()) {
      const isMainFrame = request.frame() === this.page.mainFrame()
      if (isMainFrame && this.ownNavigations > 0) this.ownNavigations -= 1
      else if (await main.call('contents.willNavigate', id, toApp(url), isMainFrame)) return route.abort('aborted')
    }
    if (!url.startsWith(`${PAGE_ORIGIN}/`)) {
      seen.outsideRequests.push(url)
      return route.abort('blockedbyclient')
    }
    const answer = (await main.call('protocol', toApp(url), request.method())) as {
      status: number
      headers: Record<string, string>
      body: Uint8Array
    } | null
    if (answer === null) return route.abort('failed')
    const { status, headers, body } = answer
    seen.answers.push({ url: toApp(url), status, headers })
    await route.fulfill({ status, headers, body: Buffer.from(body) })
  }

  private async decidePopup(popup: Page): Promise<void> {
    if ((await this.opening) === 'deny') await popup.close()
  }

  /** Tells main what happened here. Once page or application are gone, nobody is left to tell. */
  private notify(method: string, ...args: unknown[]): void {
    const { page } = this
    this.options.main.call(method, ...args).catch((error: unknown) => {
      if (!page.isClosed() && !this.closing) this.options.seen.faults.push(`${method}: ${error}`)
    })
  }
}
