import { expect, test } from 'vitest'
import { createOllamaServers } from '../../../src/main/engine/jobs/index.ts'
import type { OllamaServers } from '../../../src/main/engine/spec/jobs.ts'
import type { OllamaUpstream } from '../../support/upstreams/ollama-upstream.ts'
import { ollamaAt, startOllama, startServer, testConnections } from './job-bench.ts'

async function open(): Promise<{ server: OllamaUpstream; servers: OllamaServers; refreshed: string[] }> {
  const server = await startOllama()
  const connectionSet = testConnections()
  connectionSet.put(ollamaAt('a', server.url))
  const refreshed: string[] = []
  const servers = createOllamaServers({ connectionSet, catalogRefresh: async (id) => void refreshed.push(id) })
  return { server, servers, refreshed }
}

test('models are listed with what runs', async () => {
  const { server, servers } = await open()
  server.loaded.set('llama3.1:8b', { expiresAt: '2026-11-21T17:00:00.123456789Z', vramBytes: 7, contextLength: 4096 })
  server.loaded.set('all-minilm:latest', {
    expiresAt: '2318-11-21T17:00:00Z',
    vramBytes: 0,
    contextLength: 512,
  })
  const [llama, minilm] = await servers.models('a')
  expect(llama).toEqual({
    name: 'llama3.1:8b',
    sizeBytes: 4_661_224_676,
    digest: server.library.models.get('llama3.1:8b')?.digest,
    modifiedAt: Date.parse('2026-08-26T21:46:36.388+03:00'),
    family: 'llama',
    parameterSize: '8.0B',
    quantization: 'Q4_K_M',
    running: { sizeBytes: 7, vramBytes: 7, expiresAt: Date.parse('2026-11-21T17:00:00.123Z') },
  })
  // A date centuries away means that it stays.
  expect(minilm?.running).toEqual({ sizeBytes: 0, vramBytes: 0, expiresAt: null })
  // A server from before /api/ps.
  server.behaviour.missing.add('/api/ps')
  expect((await servers.models('a')).map(({ running }) => running)).toEqual([null, null])
})

test('details of a model', async () => {
  const { servers, server } = await open()
  expect(await servers.details('a', 'llama3.1:8b')).toMatchObject({
    name: 'llama3.1:8b',
    template: expect.stringContaining('{{ .Prompt }}'),
    modelfile: expect.stringContaining('FROM /root/.ollama'),
    license: 'MIT License',
    capabilities: ['completion', 'tools', 'vision', 'thinking', 'insert'],
    contextLength: 131_072,
    family: 'llama',
    parameterSize: '8.0B',
    quantization: 'Q4_K_M',
    parameters: '',
    system: '',
  })
  expect(server.requestsTo('/api/show')[0]?.body).toEqual({ model: 'llama3.1:8b' })
  await expect(servers.details('a', 'nobody')).rejects.toMatchObject({
    code: 'model_not_found',
    message: expect.stringContaining("model 'nobody' not found"),
  })
})

test('unload, copy and remove change the server and then the catalog', async () => {
  const { server, servers, refreshed } = await open()
  server.loaded.set('llama3.1:8b', { expiresAt: '2026-11-21T17:00:00Z', vramBytes: 7, contextLength: 4096 })
  await servers.unload('a', 'llama3.1:8b')
  expect(server.loaded.size).toBe(0)
  await servers.copy('a', 'llama3.1:8b', 'spare')
  expect(server.library.models.has('spare:latest')).toBe(true)
  await servers.remove('a', 'spare')
  expect(server.library.models.has('spare:latest')).toBe(false)
  expect(refreshed).toEqual(['a', 'a', 'a'])
  expect(server.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
    ['POST', '/api/generate', { model: 'llama3.1:8b', keep_alive: 0, stream: false }],
    ['POST', '/api/copy', { source: 'llama3.1:8b', destination: 'spare' }],
    ['DELETE', '/api/delete', { model: 'spare' }],
  ])
  await expect(servers.remove('a', 'spare')).rejects.toMatchObject({ message: expect.stringContaining('spare') })
  await expect(servers.remove('b', 'spare')).rejects.toMatchObject({ code: 'not_found' })
  expect(refreshed).toHaveLength(3)
})

test('an answer that is none of Ollama is an error, odd entries are not', async () => {
  let answer: unknown = { models: [null, { size: 'big' }, { model: 'only-model', modified_at: 'yesterday' }] }
  const server = await startServer((_req, res) => {
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
  })
  const connectionSet = testConnections()
  connectionSet.put(ollamaAt('a', server.url))
  const servers = createOllamaServers({ connectionSet, catalogRefresh: async () => {} })
  expect(await servers.models('a')).toMatchObject([{ name: 'only-model', sizeBytes: 0, modifiedAt: 0, family: null }])
  answer = { models: 'none' }
  await expect(servers.models('a')).rejects.toMatchObject({ code: 'upstream_error' })
  answer = ['x']
  await expect(servers.details('a', 'x')).rejects.toMatchObject({ code: 'upstream_error' })
})
