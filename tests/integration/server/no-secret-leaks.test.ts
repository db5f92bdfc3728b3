import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectionInput } from '../../../src/shared/connections.ts'
import { CLIENT_DIALECTS } from '../../support/acceptance/client-dialects.ts'
import { type EchoingUpstream, echoes, startEchoingUpstream } from '../../support/acceptance/echoing-upstream.ts'
import { type ContractClient, contractClient } from '../../support/contract-client.ts'
import { http, post } from '../../support/http-client.ts'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { until } from '../../support/until.ts'

/**
 * Canary secrets go in everywhere that takes secrets, to upstreams that repeat them everywhere they can. Then everything
 * that came out of Switchyard is searched for them: every answer, all files, all output.
 */
const KEY = 'sk-kanarie-Q7x+/9zW4mPv2='
const HEADER = 'team-kanarie/K3n&h8TjR5w1'
const IN_URL = 'userinfo-kanarie-L6b9Xc'
const SECRETS = [KEY, HEADER]

let folder: string
let serve: ServeProcess
let port: number
let client: ContractClient
let upstream: EchoingUpstream
/** Everything that any client was told, by where it came from. */
const told: { from: string; text: string }[] = []
const models: string[] = []
let ollamaId = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-secrets-'))
  upstream = await startEchoingUpstream(SECRETS)
  serve = await startServe({ dataFolder: folder, env: { SWITCHYARD_LOG_LEVEL: 'trace' } })
  port = Number(new URL(serve.url).port)
  client = contractClient(serve.url)
})
afterAll(async () => {
  await serve?.end()
  await upstream?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const common = {
  keys: [{ value: KEY }],
  headers: { 'X-Team-Secret': HEADER },
  timeouts: { connectMs: 2_000, firstByteMs: 3_000, idleMs: 3_000 },
}
const INPUTS: ConnectionInput[] = [
  { provider: 'openai', baseUrl: '/v1' },
  { provider: 'openai', baseUrl: '/v1', apiType: 'responses' },
  { provider: 'azure', baseUrl: '', modelIds: ['m'] },
  { provider: 'anthropic', baseUrl: '' },
  { provider: 'localai', baseUrl: '' },
  { provider: 'ollama', baseUrl: '' },
  { provider: 'openai', baseUrl: '/refusing/v1' },
  { provider: 'ollama', baseUrl: '/refusing' },
]

async function get(path: string): Promise<void> {
  const answer = await http(port, path)
  told.push({ from: `GET ${path}`, text: JSON.stringify(answer) })
}

async function send(path: string, body: unknown, note = ''): Promise<number> {
  const answer = await post(port, path, body)
  told.push({ from: `POST ${path} ${note}`, text: `${JSON.stringify(answer.headers)}\n${answer.body}` })
  return answer.status
}

/** A call of the window; its failure is an answer as well. */
async function call(from: string, work: () => Promise<unknown>): Promise<unknown> {
  const outcome = await work().catch((error: unknown) => {
    const { message, data, cause } = error as Error & { data?: unknown }
    return { message, data, cause: String(cause) }
  })
  told.push({ from, text: JSON.stringify(outcome) ?? 'undefined' })
  return outcome
}

function leaksIn(text: string): string[] {
  const forms = [...SECRETS.flatMap(echoes), IN_URL]
  // The last four characters may be shown; not so the rest.
  const beginnings = SECRETS.map((secret) => secret.slice(0, 14))
  return [...forms, ...beginnings].filter((form) => text.includes(form))
}

function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function expectCleanFiles(): void {
  const files = filesOf(folder)
  expect(files.some((file) => file.endsWith('.db'))).toBe(true)
  expect(files.some((file) => file.endsWith('.log'))).toBe(true)
  for (const file of files) {
    const text = readFileSync(file).toString('latin1')
    const lines = text.split('\n').filter((line) => leaksIn(line).length > 0)
    expect(lines.map((line) => line.slice(0, 1_000)).slice(0, 3), file).toEqual([])
  }
}

it('takes the secrets, and tests and lists connections without telling them', async () => {
  for (const [index, input] of INPUTS.entries()) {
    const whole = { ...common, ...input, baseUrl: upstream.url + input.baseUrl, prefixId: `c${index}` }
    await call(`test ${index}`, async () => {
      const steps = []
      for await (const step of await client.connections.test({ id: null, input: whole })) steps.push(step)
      expect(steps.length).toBeGreaterThan(5)
      return steps
    })
    const view = await client.connections.create(whole)
    told.push({ from: `create ${index}`, text: JSON.stringify(view) })
    expect(view.keys[0]?.mask).toBe(`••••${KEY.slice(-4)}`)
    await call(`refresh ${index}`, () => client.connections.refresh({ id: view.id }))
    if (index < 6) models.push(`c${index}.m`)
    if (index === 5) ollamaId = view.id
  }
  await until('all are known', async () => {
    const known = new Set((await client.models.catalog()).map(({ id }) => id))
    return models.every((id) => known.has(id)) ? true : null
  })
  // The secrets did arrive: else nothing below would show anything.
  expect(upstream.withSecrets()).toBeGreaterThan(10)
})

it('refuses secrets in an address without repeating them', async () => {
  const baseUrl = `http://user:${IN_URL}@127.0.0.1:1/v1`
  await call('create with userinfo', () => client.connections.create({ provider: 'openai', baseUrl }))
  await call('test with userinfo', async () => {
    const steps = []
    for await (const step of await client.connections.test({ id: null, input: { provider: 'openai', baseUrl } })) {
      steps.push(step)
    }
    return steps
  })
  await send('/openai/verify', { url: baseUrl, key: KEY })
  await send('/ollama/verify', { url: baseUrl, key: KEY })
  await send('/openai/config/update', {
    ENABLE_OPENAI_API: true,
    OPENAI_API_BASE_URLS: [baseUrl],
    OPENAI_API_KEYS: [KEY],
    OPENAI_API_CONFIGS: {},
  })
  expect((await client.connections.list()).some(({ config }) => config?.baseUrl.includes(IN_URL))).toBe(false)
})

it('answers in every dialect, with everything repeated, without telling them', async () => {
  const places = ['#400', '#401', '#403', '#404', '#429', '#500', '#503', '#text', '#redirect', '#html', '#odd']
  for (const model of models) {
    for (const place of [...places, '#early', '#late', '#content', '#content #php', '#content #net']) {
      await Promise.all(
        CLIENT_DIALECTS.flatMap((dialect) =>
          [true, false].map((stream) => send(dialect.path, dialect.body(model, place, stream), `${model} ${place}`)),
        ),
      )
    }
    for (const path of [
      '/v1/embeddings',
      '/api/embed',
      '/v1/completions',
      '/api/generate',
      '/v1/messages/count_tokens',
    ]) {
      const question = { input: '#500', prompt: '#500', messages: [{ role: 'user', content: '#500' }] }
      await send(path, { model, ...question }, model)
    }
  }
})

it('tells them in no list, configuration, event or job', async () => {
  const paths = [
    ...['/api/tags', '/api/ps', '/v1/models', '/api/models', '/api/models/base', '/api/version', '/api/config'],
    ...['/ollama/config', '/openai/config', '/ollama/api/tags', '/ollama/api/tags/0', '/ollama/api/tags/1'],
    ...['/ollama/api/version', '/ollama/api/version/0', '/ollama/api/ps', '/ollama/v1/models'],
    ...['/openai/models', '/openai/models/0', '/openai/models/1', '/openai/models/2', '/openai/models/3'],
    ...['/openai/models/5', '/health', '/ready'],
  ]
  for (const path of paths) await get(path)
  await send('/api/show', { model: 'c5.m' })
  await send('/ollama/api/show', { model: 'c5.m' })
  await send('/openai/verify', { url: `${upstream.url}/refusing/v1`, key: KEY, config: { headers: common.headers } })
  await send('/ollama/verify', { url: `${upstream.url}/refusing`, key: KEY })
  await send('/ollama/verify', { url: upstream.url, key: KEY })
  await send('/api/pull', { model: 'c5.m' })
  await call('jobs.pull', () => client.jobs.pull({ connectionId: ollamaId, model: 'm' }))
  await call('jobs.create', () => client.jobs.create({ connectionId: ollamaId, model: 'n', modelfile: 'FROM m' }))
  await call('jobs.push', () => client.jobs.push({ connectionId: ollamaId, model: 'm' }))
  await until('a job has failed or waits to be tried again', async () => {
    const jobs = await client.jobs.list()
    return jobs.some(({ error, phase }) => error !== null || phase !== '') ? true : null
  })
  await call('jobs.list', () => client.jobs.list())
  await call('ollama.models', () => client.ollama.models({ connectionId: ollamaId }))
  await call('ollama.details', () => client.ollama.details({ connectionId: ollamaId, model: 'm' }))
  await call('ollama.copy', () => client.ollama.copy({ connectionId: ollamaId, source: 'm', destination: '#500' }))
  await call('connections.list', () => client.connections.list())
  await call('models.catalog', () => client.models.catalog())
  await call('app.status', () => client.app.status())
  await call('app.info', () => client.app.info())
  await call('settings.get', () => client.settings.get())
  const chat = await client.chats.create({ modelId: 'c0.m' })
  const { answer } = await client.chats.send({ id: chat.id, parentId: null, content: '#late', modelId: 'c0.m' })
  await until('the chat has its answer', async () => {
    const { tail } = await client.chats.thread({ id: chat.id })
    return tail.find(({ id }) => id === answer.id)?.status === 'streaming' ? null : true
  })
  await call('chats.thread', () => client.chats.thread({ id: chat.id }))
})

it('no answer holds a secret', () => {
  expect(told.length).toBeGreaterThan(500)
  const leaks = told.flatMap(({ from, text }) => leaksIn(text).map((form) => `${from}: ${form}`))
  expect([...new Set(leaks)].slice(0, 40)).toEqual([])
})

it('no file holds one, while it runs and after it has ended', async () => {
  expectCleanFiles()
  await serve.end()
  expectCleanFiles()
  const log = filesOf(folder).filter((file) => file.endsWith('.log'))
  expect(log.map((file) => readFileSync(file, 'utf8')).join('').length).toBeGreaterThan(10_000)
})

it('nothing that it printed holds one', () => {
  expect(leaksIn(serve.output())).toEqual([])
})

it('its own key file is for its owner alone', () => {
  const file = filesOf(folder).find((path) => path.endsWith('secrets.key'))
  expect(file).toBeDefined()
  expect(statSync(file ?? '').mode & 0o777).toBe(0o600)
})
