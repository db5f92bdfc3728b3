import { createServer, type Server } from 'node:http'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { contractClient } from '../support/contract-client.ts'
import { type ServeProcess, startServe } from '../support/serve-process.ts'

describe.skipIf(browserMissing())('a page on another origin', () => {
  let serve: ServeProcess
  let browser: Browser
  let foreign: Server
  let foreignUrl: string
  beforeAll(async () => {
    serve = await startServe()
    browser = await launchBrowser()
    foreign = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>foreign</title>')
    })
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
    const address = foreign.address()
    foreignUrl = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  })
  afterAll(async () => {
    await browser?.close()
    foreign?.close()
    await serve?.end()
  })

  it('can neither read from nor act on the gateway or the UI contract', async () => {
    const page = await browser.newPage()
    await page.goto(foreignUrl)
    const outcome = await page.evaluate(async (url) => {
      const attempts: [string, RequestInit][] = [
        ['/health', {}],
        ['/v1/models', {}],
        ['/api/tags', {}],
        ['/api/tags', { mode: 'no-cors' }],
        ['/api/generate', { method: 'POST', mode: 'no-cors', body: '{"model":"demo","prompt":"Hello"}' }],
        ['/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }],
        ['/rpc/chats/create', { method: 'POST', mode: 'no-cors', body: '{"json":{}}' }],
        ['/rpc/chats/create', { method: 'POST', body: '{"json":{}}', headers: { 'content-type': 'application/json' } }],
        ['/ui/upload?name=x.gguf', { method: 'POST', mode: 'no-cors', body: 'GGUF' }],
      ]
      const read: string[] = []
      for (const [path, init] of attempts) {
        try {
          const answer = await fetch(url + path, init)
          if (answer.type !== 'opaque') read.push(`${path}: ${answer.status}`)
        } catch {
          // refused, as it should be
        }
      }
      const framed = await new Promise<string>((resolve) => {
        const frame = document.createElement('iframe')
        frame.onload = () => {
          try {
            resolve(frame.contentDocument === null ? 'unreadable' : 'readable')
          } catch {
            resolve('unreadable')
          }
        }
        frame.src = `${url}/`
        document.body.append(frame)
      })
      return { read, framed }
    }, serve.url)
    expect(outcome).toEqual({ read: [], framed: 'unreadable' })

    // Nothing happened on the other side either.
    const client = contractClient(serve.url)
    expect(await client.chats.list({})).toEqual([])
    const files = await client.models.files()
    expect(files.map((file) => file.id)).toEqual(['demo'])
    expect(files[0]?.loaded).toBeNull()
    await page.close()
  })

  it('is refused under a foreign Host header (DNS rebinding)', async () => {
    const { request } = await import('node:http')
    const { port } = new URL(serve.url)
    const status = await new Promise<number>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/v1/models', headers: { host: `evil.example:${port}` } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode ?? 0)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
  })
})
