import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright'
import { findBrowser } from '../../../scripts/find-browser.ts'
import type { record } from './api/link.ts'
import { CONFIG_VARIABLE, type DoubleConfig } from './config.ts'
import { DoublePage, type Seen } from './double-page.ts'
import { createPeer, type Envelope } from './peer.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const browserArgs = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

export interface LaunchOptions {
  /** The application's folder, with out/ and resources/. Default: this repository. */
  appFolder?: string
  env?: NodeJS.ProcessEnv
  config?: Partial<DoubleConfig>
  /** Paths behind files that a test drops on the page, by file name. */
  filePaths?: Record<string, string>
}

export type Recorded = typeof record

/** The application in the double. */
export interface Double {
  readonly process: ChildProcess
  readonly appData: string
  readonly dataFolder: string
  readonly seen: Seen
  /** Everything the main process wrote to stdout and stderr so far. */
  output(): string
  /** The page of the open window; waits for one. */
  window(): Promise<{ id: number; page: Page }>
  /** Crashes the open window's page. */
  crash(): Promise<void>
  record(): Promise<Recorded>
  call(method: string, ...args: unknown[]): Promise<unknown>
  /** Resolves with the exit code when the main process has ended. */
  exited: Promise<number | null>
  /** Ends whatever is left. */
  stop(): Promise<void>
}

let browser: Promise<Browser> | null = null
async function sharedBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  if (executablePath === null) throw new Error('No Chrome or Chromium for the Electron double.')
  browser ??= chromium.launch({ executablePath, args: browserArgs })
  return browser
}

/** Closes the Chromium that all doubles of a test file share. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = null
}

/** Starts the built application in the double. The folder of application data is new unless the config names one. */
export async function launchDouble(options: LaunchOptions = {}): Promise<Double> {
  const madeFolder = options.config?.appData === undefined ? await mkdtemp(join(tmpdir(), 'switchyard-desktop-')) : null
  const appData = options.config?.appData ?? madeFolder ?? ''
  const dataFolder = join(appData, 'data')
  const appFolder = options.appFolder ?? root
  const config: DoubleConfig = { ...options.config, appData }
  const context = await (await sharedBrowser()).newContext()
  const pages = new Map<number, DoublePage>()
  const seen: Seen = {
    answers: [],
    outsideRequests: [],
    consoleErrors: [],
    focusedWindows: [],
    deliveries: [],
    faults: [],
  }
  let output = ''
  let windowMade = Promise.withResolvers<void>()

  const child = fork(join(appFolder, 'out/main/index.js'), [], {
    cwd: appFolder,
    execArgv: ['--import', new URL('./register.ts', import.meta.url).href],
    env: {
      ...process.env,
      SWITCHYARD_DATA_DIR: dataFolder,
      SWITCHYARD_PORT: '0',
      SWITCHYARD_GPU: 'off',
      ...options.env,
      [CONFIG_VARIABLE]: JSON.stringify(config),
    },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })

  const find = (id: number): DoublePage => {
    const page = pages.get(id)
    if (page === undefined) throw new Error(`no page for web contents ${id}`)
    return page
  }
  const main = createPeer(
    (envelope) => {
      if (child.connected) child.send(envelope)
    },
    {
      async 'window.create'(id: number, size: { width: number; height: number; preload: string | null }) {
        const { preload } = size
        const opened = await DoublePage.open({ id, context, main, preload, filePaths: options.filePaths ?? {}, seen })
        await opened.page.setViewportSize({ width: size.width, height: size.height })
        pages.set(id, opened)
        windowMade.resolve()
      },
      async 'window.destroy'(id: number) {
        const closing = find(id)
        pages.delete(id)
        windowMade = Promise.withResolvers()
        await closing.close()
      },
      'window.focused': (id: number) => void seen.focusedWindows.push(id),
      async 'contents.load'(id: number, url: string) {
        await find(id).load(url)
        await main.call('window.readyToShow', id)
      },
      'contents.reload': (id: number) => find(id).reload(),
      async 'contents.deliver'(id: number, channel: string, message: unknown, ports: number[]) {
        seen.deliveries.push({ contents: id, channel })
        await find(id).deliver(channel, message, ports)
      },
      'port.message': (id: number, data: string | Uint8Array) =>
        [...pages.values()].find((page) => page.hasPort(id))?.toPort(id, data),
      'port.close': (id: number) => [...pages.values()].find((page) => page.hasPort(id))?.closePort(id),
    },
  )
  child.on('message', (envelope) => main.receive(envelope as Envelope))
  const exited = once(child, 'exit').then(([code]) => {
    main.end('the application has exited')
    windowMade.reject(new Error(`the application exited with ${code} and no window:\n${output}`))
    windowMade.promise.catch(() => undefined)
    return code as number | null
  })

  return {
    process: child,
    appData,
    dataFolder,
    seen,
    output: () => output,
    async window() {
      await windowMade.promise
      const entry = [...pages.entries()][0]
      if (entry === undefined) throw new Error('there is no window')
      return { id: entry[0], page: entry[1].page }
    },
    crash: async () => [...pages.values()][0]?.crash(),
    record: async () => (await main.call('record')) as Recorded,
    call: (method, ...args) => main.call(method, ...args),
    exited,
    async stop() {
      for (const page of pages.values()) await page.close()
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
      await context.close()
      if (madeFolder !== null) await rm(madeFolder, { recursive: true, force: true })
    },
  }
}
