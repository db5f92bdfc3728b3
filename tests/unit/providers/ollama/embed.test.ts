import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createOllamaAdapter } from '../../../../src/main/engine/providers/ollama/ollama-adapter.ts'
import type { EmbeddingRequest } from '../../../../src/main/engine/spec/chat-request.ts'
import type { EmbeddingResult } from '../../../../src/main/engine/spec/stream-part.ts'
import type { Upstream } from '../../../../src/main/engine/spec/upstream.ts'
import { type OllamaUpstream, startOllamaUpstream } from '../../../support/upstreams/ollama-upstream.ts'
import { upstreamTo } from '../../../support/upstreams/upstream-to.ts'

let server: OllamaUpstream
let upstream: Upstream

beforeAll(async () => {
  server = await startOllamaUpstream()
  upstream = upstreamTo('ollama', server.url)
})
beforeEach(() => {
  server.requests.length = 0
  server.behaviour.missing.clear()
})
afterAll(async () => {
  await upstream.close()
  await server.stop()
})

function embed(
  request: Partial<EmbeddingRequest> & { inputs: string[] },
  onNotSent?: (fields: string[]) => void,
  through = upstream,
): Promise<EmbeddingResult> {
  return createOllamaAdapter(through).embed({
    request: { model: 'any', ...request },
    upstreamModel: 'all-minilm',
    requestId: 'r',
    signal: new AbortController().signal,
    ...(onNotSent === undefined ? {} : { onNotSent }),
  })
}

test('a large batch goes in several requests and comes back in order', async () => {
  const inputs = Array.from({ length: 150 }, (_each, index) => `text ${index}`)
  const { embeddings, promptTokens } = await embed({ inputs })
  expect(
    server.requestsTo('/api/embed').map(({ body }) => (Array.isArray(body?.input) ? body.input.length : 0)),
  ).toEqual([64, 64, 22])
  expect(promptTokens).toBe(300)
  const [last] = (await embed({ inputs: ['text 149'] })).embeddings
  expect(embeddings[149]).toEqual(last)
})

test('dimensions are cut by the server, or here where it does not know them', async () => {
  const [short] = (await embed({ inputs: ['a'], dimensions: 4 })).embeddings
  server.behaviour.missing.add('/api/embed')
  const [cutHere] = (await embed({ inputs: ['a'], dimensions: 4 })).embeddings
  expect(short).toHaveLength(4)
  for (const [index, value] of (short ?? []).entries()) expect(cutHere?.[index]).toBeCloseTo(value, 5)
})

test('more dimensions than the model has are said', async () => {
  const missing: string[][] = []
  await embed({ inputs: ['a'], dimensions: 1_000 }, (fields) => missing.push(fields))
  expect(missing).toEqual([['dimensions']])
})

test('an old server is asked one by one', async () => {
  server.behaviour.missing.add('/api/embed')
  const missing: string[][] = []
  const result = await embed({ inputs: ['a', 'b'], truncate: false }, (fields) => missing.push(fields))
  expect(server.requests.map((request) => [request.path, request.body?.prompt])).toEqual([
    ['/api/embed', undefined],
    ['/api/embeddings', 'a'],
    ['/api/embeddings', 'b'],
  ])
  expect(result.embeddings).toHaveLength(2)
  expect(missing).toEqual([['truncate']])
})

test('an unknown model is no old server', async () => {
  const adapter = createOllamaAdapter(upstream)
  const call = { upstreamModel: 'nobody', requestId: 'r', signal: new AbortController().signal }
  await expect(adapter.embed({ ...call, request: { model: 'nobody', inputs: ['a'] } })).rejects.toMatchObject({
    code: 'model_not_found',
  })
  expect(server.requests).toHaveLength(1)
})

test('no inputs need no request', async () => {
  expect((await embed({ inputs: [] })).embeddings).toEqual([])
  expect(server.requests).toHaveLength(0)
})

test('too few vectors are an error', async () => {
  const other: Upstream = { ...upstream, json: async () => ({ embeddings: [[1]] }) }
  await expect(embed({ inputs: ['a', 'b'] }, undefined, other)).rejects.toThrow(/1 embeddings where 2/)
})
