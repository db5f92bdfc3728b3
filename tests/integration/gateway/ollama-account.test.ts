import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../support/until.ts'
import { type Bench, startBench } from './open-webui-bench.ts'

const SIGN_IN = 'https://ollama.com/connect?name=desk&key=c3NoLWVkMjU1MTk'
const PAGE = '<script>alert(1)</script>'
const KEY = 'sk-canary-0123456789abcdef'

/** An Ollama server that nobody is signed in on, as 0.17 answers, that tells a key it was sent, with a proxy's page elsewhere. */
async function addServer(bench: Bench): Promise<void> {
  const server = createServer((req, res) => {
    res.setHeader('Content-Type', 'application/json; charset=utf-8')
    if (req.url === '/api/me') {
      const said = { error: `unauthorized ${req.headers.authorization}`, signin_url: SIGN_IN }
      res.writeHead(401).end(JSON.stringify(said))
    } else if (req.url === '/api/signout') res.writeHead(502, { 'Content-Type': 'text/html' }).end(PAGE)
    else res.end(JSON.stringify({ models: [], version: '0.17.4' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await bench.add({ provider: 'ollama', baseUrl, keys: [{ value: KEY }] })
}

const post = (bench: Bench, path: string) => fetch(`http://127.0.0.1:${bench.port}${path}`, { method: 'POST' })

test('tells who is signed in on the Ollama server in its own words, without our key, and no page as a page', async () => {
  const bench = await startBench()
  await addServer(bench)
  const me = await until('the server is there', async () => {
    const answer = await post(bench, '/api/me')
    return answer.status === 401 ? answer : null
  })
  const said = await me.text()
  expect(JSON.parse(said)).toEqual({ error: expect.stringMatching(/^unauthorized Bearer /), signin_url: SIGN_IN })
  expect(said).not.toContain(KEY)
  const page = await post(bench, '/api/signout')
  expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
    502,
    'text/plain; charset=utf-8',
    PAGE,
  ])
})

test('says so where there is no Ollama server', async () => {
  const bench = await startBench()
  const answer = await post(bench, '/api/me')
  expect(answer.status).toBe(404)
  expect(await answer.json()).toEqual({
    error: 'No Ollama connection is set up and enabled. Add one on the Backends page.',
  })
})
