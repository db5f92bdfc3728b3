import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { type Bench, jsonOf, startBench, startOllama, startOpenAi } from './open-webui-bench.ts'

const KEY = 'sk-canary-1234567890'

/** A server that takes requests and never says anything. */
async function startSilent(): Promise<{ url: string; asked: () => number }> {
  let asked = 0
  const server = createServer(() => {
    asked++
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked: () => asked }
}

async function idsOf(bench: Bench, path: string): Promise<unknown[]> {
  const { data, models } = jsonOf(await bench.get(path)) as Record<'data' | 'models', Record<string, unknown>[]>
  return (data ?? models).map(({ id, model }) => id ?? model)
}

function openAiUpdate(bench: Bench, urls: string[], keys = urls.map(() => KEY), configs: object = {}) {
  return bench.post('/openai/config/update', {
    OPENAI_API_BASE_URLS: urls,
    OPENAI_API_KEYS: keys,
    OPENAI_API_CONFIGS: configs,
  })
}

describe('after a change of the configuration', () => {
  test('the lists hold what the new servers have, also where the old one never answered', async () => {
    const first = await startOpenAi(['first'])
    const second = await startOpenAi(['second'])
    const ollama = await startOllama({ models: [scriptedModel('llama3.2:1b')] })
    const bench = await startBench()
    expect((await openAiUpdate(bench, [first.url])).status).toBe(200)
    expect(await idsOf(bench, '/openai/models')).toEqual(['first'])
    await openAiUpdate(bench, [second.url])
    expect(await idsOf(bench, '/openai/models')).toEqual(['second'])
    await openAiUpdate(bench, ['http://127.0.0.1:1/v1'])
    expect(await idsOf(bench, '/openai/models')).toEqual([])

    const silent = await startSilent()
    const startedAt = performance.now()
    await openAiUpdate(bench, [silent.url, first.url])
    // At most 2 s for the one that hangs, and no list waits for it.
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect(silent.asked()).toBeGreaterThan(0)
    expect(await idsOf(bench, '/openai/models')).toEqual(['first'])
    await openAiUpdate(bench, [second.url, first.url])
    expect(await idsOf(bench, '/openai/models')).toEqual(['second', 'first'])

    await bench.post('/ollama/config/update', { OLLAMA_BASE_URLS: [ollama.url], OLLAMA_API_CONFIGS: {} })
    expect(await idsOf(bench, '/ollama/api/tags')).toEqual(['llama3.2:1b'])
  })

  test('what an entry says about showing keeps the list, and so does another key until its own is there', async () => {
    const server = await startOpenAi(['m'])
    const bench = await startBench()
    await openAiUpdate(bench, [server.url])
    const looks = (): number => server.requests.filter(({ path }) => path === '/v1/models').length
    const [id = ''] = bench.engine.connections.family('openai')
    const known = bench.engine.connectionSet.find(id)?.listKey
    await openAiUpdate(bench, [server.url], ['••••7890'], { 0: { prefix_id: 'p', tags: ['t'] } })
    expect(await idsOf(bench, '/openai/models')).toEqual(['p.m'])
    // Programs send the key itself each time: it is the same one.
    await openAiUpdate(bench, [server.url], [KEY], { 0: { prefix_id: 'q' } })
    expect(bench.engine.connectionSet.find(id)?.listKey).toBe(known)
    const before = looks()
    await openAiUpdate(bench, [server.url], ['sk-wrong'])
    expect(looks()).toBeGreaterThan(before)
    // Requests are told that the key is refused, not that there is no such model.
    expect(await idsOf(bench, '/openai/models')).toEqual(['m'])
    expect(bench.engine.connections.get(id)?.health.state).toBe('auth-failed')
  })
})

describe('two connections with the same address', () => {
  const SECOND = 'sk-second-0987654321'
  const MASKS = ['••••7890', '••••4321']

  /** Two keys at one server; resolves with the ids in list order. */
  async function setUp(bench: Bench, url: string): Promise<string[]> {
    await openAiUpdate(bench, [url, url], [KEY, SECOND], { 0: { prefix_id: 'a' }, 1: { prefix_id: 'b' } })
    return bench.engine.connections.family('openai')
  }

  test('go by the mask: the first is removed, or they change places', async () => {
    const server = await startOpenAi(['m'])
    const bench = await startBench()
    const [first, second] = await setUp(bench, server.url)
    const swapped = await openAiUpdate(bench, [server.url, server.url], [...MASKS].reverse(), {
      0: { prefix_id: 'b' },
      1: { prefix_id: 'a' },
    })
    expect([swapped.status, jsonOf(swapped)]).toMatchObject([200, { OPENAI_API_KEYS: [...MASKS].reverse() }])
    expect(bench.engine.connections.family('openai')).toEqual([second, first])

    const removed = await openAiUpdate(bench, [server.url], ['••••7890'])
    expect([removed.status, jsonOf(removed)]).toMatchObject([200, { OPENAI_API_KEYS: ['••••7890'] }])
    expect(bench.engine.connections.family('openai')).toEqual([first])
    expect(await idsOf(bench, '/openai/models')).toEqual(['m'])
  })

  test('go by the mask where one of them has no key, or secret headers instead', async () => {
    const server = await startOpenAi(['m'])
    const bench = await startBench()
    const header = (value: string) => ({ headers: { 'X-Api-Key': value } })
    const open = { auth_type: 'none' }
    const urls = [server.url, server.url, server.url, server.url]
    await openAiUpdate(bench, urls, [KEY, '', '', ''], {
      1: open,
      2: { ...open, ...header('header-secret-1111') },
      3: { ...open, ...header('header-secret-2222') },
    })
    const [keyed, none, third, fourth] = bench.engine.connections.family('openai')
    const turned = await openAiUpdate(bench, urls, ['', '', '', '••••7890'], {
      0: { ...open, ...header('••••2222') },
      1: { ...open, ...header('••••1111') },
      2: open,
    })
    expect(turned.status).toBe(200)
    expect(bench.engine.connections.family('openai')).toEqual([fourth, third, none, keyed])
  })

  test('verify asks with the key whose mask it gets', async () => {
    const server = await startOpenAi(['m'], SECOND)
    const bench = await startBench()
    await setUp(bench, server.url)
    expect((await bench.post('/openai/verify', { url: server.url, key: MASKS[1] })).status).toBe(200)
    expect((await bench.post('/openai/verify', { url: server.url, key: MASKS[0] })).status).toBe(401)
  })

  test('Ollama’s keys are in the entries', async () => {
    const server = await startOllama()
    const bench = await startBench()
    const update = (configs: object) =>
      bench.post('/ollama/config/update', { OLLAMA_BASE_URLS: [server.url], OLLAMA_API_CONFIGS: configs })
    await bench.post('/ollama/config/update', {
      OLLAMA_BASE_URLS: [server.url, server.url],
      OLLAMA_API_CONFIGS: { 0: { key: KEY }, 1: { key: SECOND } },
    })
    const second = bench.engine.connections.family('ollama')[1]
    expect((await update({ 0: { key: MASKS[1] } })).status).toBe(200)
    expect(bench.engine.connections.family('ollama')).toEqual([second])
  })
})
