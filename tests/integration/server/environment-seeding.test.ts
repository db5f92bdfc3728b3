import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectionView } from '../../../src/shared/connections.ts'
import { type ContractClient, contractClient } from '../../support/contract-client.ts'
import { http } from '../../support/http-client.ts'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { until } from '../../support/until.ts'
import { type OpenAiUpstream, startOpenAiUpstream } from '../../support/upstreams/openai-upstream.ts'

/** The built server reads the variables of docs/environment.md at its first start, and never again. */
const KEYS = { first: 'sk-seed-first-0001', second: 'sk-seed-second-0002', more: 'sk-seed-more-0003' }
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1'

let folder: string
let serve: ServeProcess
let upstream: OpenAiUpstream
let client: ContractClient
let seeded: ConnectionView[]

async function start(env: NodeJS.ProcessEnv): Promise<void> {
  serve = await startServe({ dataFolder: folder, env })
  client = contractClient(serve.url)
}

async function seededConnections(): Promise<ConnectionView[]> {
  return (await client.connections.list()).filter(({ provider }) => provider !== 'llama')
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-seed-'))
  upstream = await startOpenAiUpstream({ flavour: 'compatible', behaviour: { key: KEYS.more } })
  await start({
    OLLAMA_BASE_URLS: `${NOWHERE};${NOWHERE}1/;localhost-without-scheme`,
    OLLAMA_BASE_URL: 'http://ignored.invalid:11434',
    OLLAMA_API_CONFIGS: JSON.stringify({
      '0': {
        prefix_id: 'gpu',
        tags: ['big', { name: 'fast' }],
        model_ids: ['llama3.1:8b'],
        key: 'ollama-seed-key-0004',
      },
      [`${NOWHERE}1`]: { enable: false, connection_type: 'external' },
    }),
    OPENAI_API_BASE_URLS: `${upstream.baseUrl};${NOWHERE}2/v1;https://seeded.openai.azure.com`,
    OPENAI_API_KEYS: `${KEYS.first};${KEYS.second};azure-seed-key-0005`,
    OPENAI_API_KEY_1: KEYS.more,
    OPENAI_API_CONFIGS: JSON.stringify({
      '1': {
        auth_type: 'header',
        header_name: 'x-team-key',
        headers: { 'X-Team-Secret': 'seed-header-0006', 'X-Title': 'Seeded' },
        model_ids: ['only-this'],
        api_type: 'responses',
      },
      '2': { model_ids: ['gpt-4o'], api_version: '2024-10-21', enable: false },
    }),
    ANTHROPIC_API_KEY: 'sk-ant-seed-0007',
    ANTHROPIC_BASE_URL: `${NOWHERE}3`,
    LOCALAI_BASE_URL: `${NOWHERE}4/v1`,
    ENABLE_LOCALAI: 'false',
    AIOHTTP_CLIENT_TIMEOUT: '42',
    REQUEST_TIMEOUT: '7',
    MODELS_CACHE_TTL: '33',
  })
  seeded = await seededConnections()
})
afterAll(async () => {
  await serve?.end()
  await upstream?.stop()
  rmSync(folder, { recursive: true, force: true })
})

function summary({ provider, origin, config, keys }: ConnectionView) {
  return { provider, origin, url: config?.baseUrl, enabled: config?.enabled, keys: keys.map(({ mask }) => mask) }
}

it('sets up one connection per address, with its keys and switches', () => {
  const from = 'environment'
  expect(seeded.map(summary)).toEqual([
    { provider: 'ollama', origin: from, url: NOWHERE, enabled: true, keys: ['••••0004'] },
    { provider: 'ollama', origin: from, url: `${NOWHERE}1`, enabled: false, keys: [] },
    { provider: 'openai', origin: from, url: upstream.baseUrl, enabled: true, keys: ['••••0001', '••••0003'] },
    { provider: 'openai', origin: from, url: `${NOWHERE}2/v1`, enabled: true, keys: ['••••0002'] },
    { provider: 'azure', origin: from, url: 'https://seeded.openai.azure.com', enabled: false, keys: ['••••0005'] },
    { provider: 'anthropic', origin: from, url: `${NOWHERE}3`, enabled: true, keys: ['••••0007'] },
    { provider: 'localai', origin: from, url: `${NOWHERE}4/v1`, enabled: false, keys: [] },
  ])
})

it('takes over the configs, by position and by address', () => {
  const [gpu, off, , team, azure] = seeded.map(({ config }) => config)
  expect(gpu).toMatchObject({ prefixId: 'gpu', tags: ['big', 'fast'], modelIds: ['llama3.1:8b'] })
  expect(off).toMatchObject({ connectionType: 'external' })
  expect(team).toMatchObject({
    auth: { type: 'header', headerName: 'x-team-key' },
    headers: { 'X-Team-Secret': '••••0006', 'X-Title': 'Seeded' },
    modelIds: ['only-this'],
    apiType: 'responses',
  })
  expect(azure).toMatchObject({ modelIds: ['gpt-4o'], apiVersion: '2024-10-21' })
})

it('gives every connection the limits', () => {
  for (const { config } of seeded) {
    expect(config?.timeouts).toEqual({ connectMs: 5_000, firstByteMs: 42_000, idleMs: 42_000 })
    expect(config?.probeSeconds).toBe(33)
  }
})

it('names in the log what it could not use, with what to type', () => {
  const lines = readFileSync(join(folder, 'logs', 'switchyard.log'), 'utf8').split('\n')
  const told = lines.filter((line) => line.includes('cannot be used, so it is ignored'))
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('"variable":"OLLAMA_BASE_URLS"')
  expect(told[0]).toContain('Type http://localhost-without-scheme:11434')
})

it('uses what it was given', async () => {
  // The first of the two keys is refused; the second one works.
  const ids = await until('the server with two keys is known', async () => {
    const { body } = await http(Number(new URL(serve.url).port), '/v1/models')
    return body.includes('some-model') ? body : null
  })
  expect(ids).toContain('some-model')
  const config = JSON.parse((await http(Number(new URL(serve.url).port), '/openai/config')).body) as {
    OPENAI_API_BASE_URLS: string[]
  }
  expect(config.OPENAI_API_BASE_URLS).toHaveLength(5)
})

it('keeps the keys out of every file', () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  for (const file of files) {
    const text = readFileSync(join(file.parentPath, file.name)).toString('latin1')
    for (const secret of [...Object.values(KEYS), 'ollama-seed-key-0004', 'seed-header-0006', 'sk-ant-seed-0007']) {
      expect(text.includes(secret), file.name).toBe(false)
    }
  }
})

it('a second start with other variables changes nothing, and says which ones differ', async () => {
  await serve.end()
  await start({
    OLLAMA_BASE_URLS: 'http://127.0.0.1:2',
    OPENAI_API_KEY: 'sk-another-9999',
    ANTHROPIC_API_KEY: 'sk-ant-another-9998',
    ENABLE_OLLAMA_API: 'false',
    ENABLE_OPENAI: 'false',
    AIOHTTP_CLIENT_TIMEOUT: '1',
  })
  const strip = (views: ConnectionView[]) => views.map(({ health: _health, ...view }) => view)
  expect(strip(await seededConnections())).toEqual(strip(seeded))
  const log = readFileSync(join(folder, 'logs', 'switchyard.log'), 'utf8')
  for (const name of ['OLLAMA_BASE_URLS', 'OPENAI_API_KEY', 'ANTHROPIC_API_KEY']) expect(log).toContain(name)
  expect(log).not.toContain('9999')
  const { ENABLE_OLLAMA_API } = JSON.parse((await http(Number(new URL(serve.url).port), '/ollama/config')).body) as {
    ENABLE_OLLAMA_API: boolean
  }
  expect(ENABLE_OLLAMA_API).toBe(true)
})

it('and so does a start without any, also after a change by hand', async () => {
  const [first] = seeded
  if (first === undefined) throw new Error('nothing was seeded')
  await client.connections.remove({ id: first.id })
  await serve.end()
  await start({})
  expect((await seededConnections()).map(({ id }) => id)).toEqual(seeded.slice(1).map(({ id }) => id))
})
