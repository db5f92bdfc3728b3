import type { Browser, BrowserContext, Page } from 'playwright'
import { launchBrowser } from '../support/browser.ts'
import { type ContractClient, contractClient } from '../support/contract-client.ts'
import { type ServeProcess, startServe } from '../support/serve-process.ts'

/** A headless Switchyard with the built window, a real Chromium, and the contract to look behind the window. */
export interface WindowUnderTest {
  serve: ServeProcess
  client: ContractClient
  browser: Browser
  /** A fresh page on the window; its complaints are collected in `complaints`. */
  open(path?: string, options?: Parameters<Browser['newContext']>[0]): Promise<Page>
  /** Console errors, page errors and CSP violations of all pages so far. */
  complaints: string[]
  close(): Promise<void>
}

/** Starts both. `env` goes to the server. */
export async function startWindow(env: NodeJS.ProcessEnv = {}): Promise<WindowUnderTest> {
  const serve = await startServe({ env })
  const browser = await launchBrowser()
  const complaints: string[] = []
  const contexts: BrowserContext[] = []
  return {
    serve,
    browser,
    complaints,
    client: contractClient(serve.url),
    async open(path = '', options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options })
      contexts.push(context)
      const page = await context.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(`${serve.url}/${path}`)
      return page
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()))
      await browser.close()
      await serve.end()
    },
  }
}
