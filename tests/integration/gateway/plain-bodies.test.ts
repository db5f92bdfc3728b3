import { expect, test } from 'vitest'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { startBench, startOllama, startOpenAi } from './open-webui-bench.ts'

const KEY = 'sk-canary-1234567890'
const HELLO = [{ role: 'user', content: 'Tell me a joke' }]

// Servers in Go match names whatever their case, and take the last of two.
test('names in capitals reach no upstream beside ours', async () => {
  const ollama = await startOllama({ models: [scriptedModel('small:1b'), scriptedModel('big:1b')] })
  const bench = await startBench()
  await bench.add({ provider: 'ollama', baseUrl: ollama.url })
  const bodies = [
    { model: 'small:1b', Model: 'big:1b', messages: HELLO },
    { model: 'small:1b', messages: HELLO, 'me\u017f\u017fages': [], Options: { num_predict: 99_999 } },
  ]
  for (const body of bodies) {
    for (const stream of [false, true]) {
      const answer = await bench.post('/api/chat', { ...body, stream })
      expect(answer.status).toBe(200)
      const sent = ollama.requestsTo('/api/chat').at(-1)?.body ?? {}
      expect(sent).toMatchObject({ model: 'small:1b', messages: HELLO })
      expect(Object.keys(sent).filter((name) => !/^[a-z_]+$/.test(name))).toEqual([])
    }
  }
})

test('what is no true or false for `stream` is refused before a server makes something of it', async () => {
  const server = await startOpenAi(['gpt-4o'])
  const bench = await startBench()
  await bench.add({ provider: 'openai', baseUrl: server.url, keys: [{ value: KEY }] })
  const asked = server.requests.length
  for (const stream of ['true', 1]) {
    const answer = await bench.post('/v1/chat/completions', { model: 'gpt-4o', messages: HELLO, stream })
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('stream')
  }
  expect(server.requests).toHaveLength(asked)
})
