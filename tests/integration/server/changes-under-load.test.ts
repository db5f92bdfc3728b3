import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectionView } from '../../../src/shared/connections.ts'
import { CLIENT_DIALECTS } from '../../support/acceptance/client-dialects.ts'
import { type ContractClient, contractClient } from '../../support/contract-client.ts'
import { dechunk, http, post, rawConnection, rawPost } from '../../support/http-client.ts'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { until } from '../../support/until.ts'
import { scriptedOpenAiModel } from '../../support/upstreams/openai-answers.ts'
import { type OpenAiUpstream, startOpenAiUpstream } from '../../support/upstreams/openai-upstream.ts'

/** Connections are changed while requests run through them: what runs goes on, what comes finds its way. */
const MODEL = 'org/名前 7'
const KEY = 'sk-changes-0123456789'

let serve: ServeProcess
let port: number
let client: ContractClient
let upstream: OpenAiUpstream

beforeAll(async () => {
  const models = Array.from({ length: 300 }, (_each, index) => scriptedOpenAiModel(`org/名前 ${index}`))
  upstream = await startOpenAiUpstream({ flavour: 'compatible', models })
  serve = await startServe()
  port = Number(new URL(serve.url).port)
  client = contractClient(serve.url)
})
afterAll(async () => {
  await serve?.end()
  await upstream?.stop()
})

async function connected(name: string): Promise<ConnectionView> {
  const input = { provider: 'openai' as const, baseUrl: upstream.baseUrl, name, keys: [{ value: KEY }] }
  const { id } = await client.connections.create(input)
  return client.connections.refresh({ id })
}

for (const dialect of CLIENT_DIALECTS) {
  it(`a ${dialect.name} stream goes on to its end while its key is changed and its connection removed`, async () => {
    const { id } = await connected('editing')
    const stream = await rawConnection(port, rawPost(dialect.path, dialect.body(MODEL, '#long', true)))
    await stream.until('word5 ')
    expect(stream.received()).toContain(`X-Switchyard-Connection: ${id}`)
    await client.connections.update({
      id,
      input: {
        provider: 'openai',
        baseUrl: upstream.baseUrl,
        name: 'edited',
        keys: [{ value: 'sk-another-key-0001' }],
      },
    })
    await stream.until('word100 ')
    await client.connections.remove({ id })
    await stream.until('\r\n0\r\n\r\n')
    const answer = dialect.read(dechunk(stream.received()).body, true)
    expect(answer).toMatchObject({ error: null, finished: true })
    expect(answer.text.trim().split(' ')).toHaveLength(2_000)
    stream.socket.destroy()
    await until('nothing of it is open', () => (upstream.openRequests() === 0 ? true : null))
    const gone = await post(port, dialect.path, dialect.body(MODEL, 'Tell me a joke', false))
    expect(gone.status).toBeGreaterThanOrEqual(400)
    expect(gone.body.toLowerCase()).toContain('not found')
  })
}

it('no request fails while connections are reordered, switched and given new keys', async () => {
  const one = await connected('one')
  const two = await connected('two')
  let over = false
  const outcomes = new Map<string, number>()
  const load = Promise.all(
    Array.from({ length: 6 }, async (_each, index) => {
      const dialect = CLIENT_DIALECTS[index % CLIENT_DIALECTS.length]
      while (!over && dialect !== undefined) {
        const answer = await post(port, dialect.path, dialect.body(MODEL, 'Tell me a joke', index % 2 === 0))
        const outcome = answer.status === 200 ? String(answer.headers['x-switchyard-connection-name']) : answer.body
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }),
  )
  for (let round = 0; round < 15; round++) {
    await client.connections.reorder({ ids: round % 2 === 0 ? [two.id, one.id] : [one.id, two.id] })
    await client.connections.setEnabled({ id: one.id, enabled: round % 2 === 1 })
    const keys = [{ value: `sk-key-number-${round}-000` }]
    await client.connections.update({
      id: two.id,
      input: { provider: 'openai', baseUrl: upstream.baseUrl, name: 'two', keys },
    })
    expect((await http(port, '/openai/models')).status).toBe(200)
  }
  over = true
  await load
  expect([...outcomes.keys()].sort()).toEqual(['one', 'two'])
  const views = await client.connections.list()
  expect(views.map(({ health }) => health.inFlight)).toEqual(views.map(() => 0))
})
