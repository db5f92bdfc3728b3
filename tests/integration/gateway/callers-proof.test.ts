import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { http, post } from '../../support/http-client.ts'
import { jsonOf, startBench } from './open-webui-bench.ts'

/** A server of the OpenAI kind that knows its callers by a cookie, for its list as for chats. */
async function startGuarded(): Promise<string> {
  const server = createServer((req, res) => {
    const isKnown = req.headers.cookie === 'sid=1'
    const message = { role: 'assistant', content: 'Hello there' }
    const answer = req.url?.endsWith('/models')
      ? { object: 'list', data: [{ id: 'm', object: 'model', created: 1, owned_by: 'system' }] }
      : { id: 'c', object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] }
    req.resume().on('end', () => {
      res.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' })
      res.end(JSON.stringify(isKnown ? answer : { error: { message: 'Who are you?' } }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

const CHAT = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] }

test.each(['/openai/chat/completions', '/v1/chat/completions', '/api/chat/completions'])(
  'a connection that forwards cookies asks for its models with those of whoever wants one: %s',
  async (path) => {
    const bench = await startBench()
    const id = await bench.add({ provider: 'openai', baseUrl: await startGuarded(), auth: { type: 'session' } })
    expect(bench.engine.connections.get(id)?.health.state).toBe('unknown')
    const cookies = { headers: { cookie: 'sid=1' } }

    expect((await http(bench.port, '/openai/models/0')).status).toBe(401)
    const own = await http(bench.port, '/openai/models/0', cookies)
    expect([own.status, jsonOf(own)]).toMatchObject([200, { data: [{ id: 'm' }] }])

    expect((await post(bench.port, path, CHAT)).status).not.toBe(200)
    const chat = await post(bench.port, path, CHAT, cookies.headers)
    expect([chat.status, jsonOf(chat)]).toMatchObject([200, { choices: [{ message: { content: 'Hello there' } }] }])
    expect(bench.engine.connections.get(id)?.health.state).toBe('ready')
    expect(jsonOf(await bench.get('/openai/models'))).toMatchObject({ data: [{ id: 'm' }] })
  },
)

test('a refresh of all lists takes the cookies along', async () => {
  const bench = await startBench()
  await bench.add({ provider: 'openai', baseUrl: await startGuarded(), auth: { type: 'session' } })
  const cookies = { headers: { cookie: 'sid=1' } }
  expect(jsonOf(await http(bench.port, '/api/models?refresh=true', cookies))).toMatchObject({ data: [{ id: 'm' }] })
})
