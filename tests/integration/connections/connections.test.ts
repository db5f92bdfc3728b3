import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { ConnectionInput } from '../../../src/shared/connections.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { until } from '../../support/until.ts'
import { lockedVaultError, openConnections, testVault } from './open-connections.ts'

const OLLAMA: ConnectionInput = { provider: 'ollama', baseUrl: 'http://127.0.0.1:11434', name: 'Workstation' }
const OPENAI: ConnectionInput = {
  provider: 'openai',
  baseUrl: 'https://api.example/v1/',
  keys: [{ value: 'sk-canary-1111' }, { value: 'sk-canary-2222' }],
  headers: { 'X-Api-Token': 'canary-token-3333', 'X-Team': 'blue' },
}

test('a created connection is listed after the built-in one, masked, sealed and in use', async () => {
  const resolveHost = () => Promise.reject(new Error('ENOTFOUND'))
  const { connections, set, vault, opened, changes } = await openConnections({ resolveHost })
  const created = await connections.create(OPENAI)
  expect(created).toMatchObject({
    position: 1,
    place: 'away',
    title: 'api.example',
    provider: 'openai',
    origin: 'person',
    config: { baseUrl: 'https://api.example/v1', headers: { 'X-Api-Token': '••••3333', 'X-Team': 'blue' } },
    keys: [{ mask: '••••1111' }, { mask: '••••2222' }],
    health: { state: 'unknown' },
  })
  expect(connections.list().map(({ id, position, config }) => [id, position, config === null])).toEqual([
    ['llama', 0, true],
    [created.id, 1, false],
  ])
  expect(connections.get(created.id)).toEqual(connections.list()[1])
  expect(connections.get('nobody')).toBeNull()
  expect(opened).toMatchObject([
    {
      title: 'api.example',
      config: { headers: {} },
      secrets: { keys: ['sk-canary-1111', 'sk-canary-2222'], headers: OPENAI.headers },
    },
  ])
  expect(set.all().map(({ id }) => id)).toEqual(['llama', created.id])
  expect(set.find(created.id)).toMatchObject({ name: 'api.example', keyCount: 2, config: { headers: {} } })
  expect(changes).toEqual([[created.id]])
  const [firstKey, secondKey] = created.keys
  expect(
    [...vault.sealed].map(([name, value]) => [name.replace(/[^/]+$/, (end) => (end.length > 20 ? '*' : end)), value]),
  ).toEqual([
    [`connection/${created.id}/key/*`, 'sk-canary-1111'],
    [`connection/${created.id}/key/*`, 'sk-canary-2222'],
    [`connection/${created.id}/headers/*`, JSON.stringify(OPENAI.headers)],
  ])
  expect([...vault.sealed.keys()].slice(0, 2)).toEqual([
    `connection/${created.id}/key/${firstKey?.id}`,
    `connection/${created.id}/key/${secondKey?.id}`,
  ])
})

test('everything is there after a restart, and no secret is in the database or the log', async () => {
  const folder = tempFolder()
  const vault = testVault()
  const first = await openConnections({ folder, vault })
  const a = await first.connections.create(OPENAI)
  const b = await first.connections.create(OLLAMA)
  await first.connections.setEnabled(b.id, false)
  await first.connections.setFamilyEnabled('ollama', false)
  await first.connections.reorder([b.id, a.id])
  const before = first.connections.list()
  await first.stop()

  const second = await openConnections({ folder, vault })
  expect(second.connections.list()).toEqual(before)
  expect(second.connections.familyEnabled('ollama')).toBe(false)
  expect(second.opened.map(({ secrets }) => secrets)).toEqual([
    { keys: ['sk-canary-1111', 'sk-canary-2222'], headers: OPENAI.headers },
  ])
  await second.stop()
  for (const file of ['switchyard.db', 'switchyard.db-wal']) {
    let bytes: Buffer
    try {
      bytes = readFileSync(join(folder, file))
    } catch (error) {
      // A clean close leaves no write-ahead log.
      expect((error as NodeJS.ErrnoException).code).toBe('ENOENT')
      continue
    }
    expect(bytes.includes('api.example')).toBe(true)
    expect(bytes.includes('canary')).toBe(false)
  }
  expect(JSON.stringify([first.log.lines, second.log.lines])).not.toContain('canary')
})

test('an unsaved configuration is opened with stored secrets, and is in no list', async () => {
  const { connections, set, opened, vault } = await openConnections()
  const saved = await connections.create(OPENAI)
  const [key] = saved.keys
  const headers = saved.config?.headers ?? {}
  const tried = await connections.unsaved?.(
    { ...OPENAI, name: 'Tried', keys: [{ keep: key?.id ?? '' }], headers },
    saved.id,
  )
  expect(tried).toMatchObject({ name: 'Tried', provider: 'openai', keyCount: 1, config: { headers: {} } })
  expect(opened.at(-1)?.secrets).toEqual({ keys: ['sk-canary-1111'], headers: OPENAI.headers })
  await tried?.adapter.upstream?.close()
  expect([connections.list().length, set.all().length, vault.sealed.size]).toEqual([2, 2, 3])
  await expect(connections.unsaved?.({ ...OPENAI, baseUrl: 'nas' }, null)).rejects.toMatchObject({ param: 'baseUrl' })
})

test('an update keeps, adds and destroys keys, and keeps masked header values', async () => {
  const { connections, vault, opened } = await openConnections()
  const created = await connections.create(OPENAI)
  const [first, second] = created.keys
  const sealedHeaders = [...vault.sealed].find(([name]) => name.includes('/headers/'))
  const updated = await connections.update(created.id, {
    ...OPENAI,
    name: 'Cloud',
    keys: [{ value: 'sk-canary-4444' }, { keep: first?.id ?? '' }],
    headers: created.config?.headers ?? {},
  })
  expect(updated).toMatchObject({ id: created.id, title: 'Cloud', keys: [{ mask: '••••4444' }, first] })
  expect(opened.at(-1)?.secrets).toEqual({ keys: ['sk-canary-4444', 'sk-canary-1111'], headers: OPENAI.headers })
  expect([...vault.sealed.keys()]).not.toContain(`connection/${created.id}/key/${second?.id}`)
  // The same values need no new seal.
  expect([...vault.sealed].find(([name]) => name.includes('/headers/'))).toEqual(sealedHeaders)

  await connections.update(created.id, { ...OPENAI, keys: [], headers: { 'X-Api-Token': 'canary-other-5555' } })
  expect([...vault.sealed.values()]).toEqual([JSON.stringify({ 'X-Api-Token': 'canary-other-5555' })])
  await connections.remove(created.id)
  expect(vault.sealed.size).toBe(0)
  expect(connections.list()).toHaveLength(1)
})

test('an update that was made from what is stored no more is refused, and takes no key away', async () => {
  const { connections, vault } = await openConnections()
  const created = await connections.create(OPENAI)
  const kept = created.keys.map(({ id }) => ({ keep: id }))
  const headers = created.config?.headers ?? {}
  const more = [...kept, { value: 'sk-canary-4444' }]
  const other = await connections.update(created.id, { ...OPENAI, keys: more, headers }, created.revision)
  expect(other.revision).not.toBe(created.revision)
  const late = connections.update(created.id, { ...OPENAI, name: 'Cloud', keys: kept, headers }, created.revision)
  await expect(late).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('Load what is stored'),
  })
  expect(connections.get(created.id)?.keys).toEqual(other.keys)
  expect(vault.sealed.size).toBe(4)
  // A place in the list is no change of the connection; whether it is in use is one.
  const second = await connections.create({ provider: 'ollama', baseUrl: 'http://127.0.0.1:11434' })
  await connections.reorder([second.id, created.id])
  expect(connections.get(created.id)?.revision).toBe(other.revision)
  const paused = await connections.setEnabled(created.id, false)
  expect(paused.revision).not.toBe(other.revision)
  expect((await connections.setEnabled(created.id, true)).revision).toBe(other.revision)
  // Who names no revision replaces what is there.
  expect(await connections.update(created.id, { ...OPENAI, keys: [], headers: {} })).toMatchObject({ keys: [] })
})

describe('errors', () => {
  test('unknown and built-in connections', async () => {
    const { connections } = await openConnections()
    const notFound = expect.objectContaining({ code: 'not_found' })
    const refused = expect.objectContaining({ code: 'invalid_request' })
    await expect(connections.update('x', OLLAMA)).rejects.toEqual(notFound)
    await expect(connections.setEnabled('x', true)).rejects.toEqual(notFound)
    await expect(connections.remove('x')).rejects.toEqual(notFound)
    await expect(connections.refresh('x')).rejects.toEqual(notFound)
    await expect(connections.remove('llama')).rejects.toEqual(refused)
    await expect(connections.update('llama', OLLAMA)).rejects.toEqual(refused)
    await expect(connections.create({ ...OLLAMA, baseUrl: '192.168.1.100:11434' })).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'baseUrl',
      message: expect.stringContaining('Type http://192.168.1.100:11434') as string,
    })
    expect(connections.list()).toHaveLength(1)
  })

  test('an order has to name every connection once', async () => {
    const { connections } = await openConnections()
    const a = await connections.create(OLLAMA)
    const b = await connections.create(OPENAI)
    for (const ids of [[], [a.id], [a.id, a.id], [a.id, b.id, 'llama'], [a.id, 'x']]) {
      await expect(connections.reorder(ids)).rejects.toMatchObject({ code: 'invalid_request' })
    }
    await connections.reorder([b.id, a.id])
    expect(connections.list().map(({ id }) => id)).toEqual(['llama', b.id, a.id])
  })

  test('a vault that fails leaves nothing behind', async () => {
    const { connections, vault, set } = await openConnections()
    let calls = 0
    vault.before = (call) => {
      if (call === 'set' && ++calls === 2) throw lockedVaultError()
    }
    await expect(connections.create(OPENAI)).rejects.toMatchObject({ code: 'unsupported' })
    expect([vault.sealed.size, connections.list().length, set.all().length]).toEqual([0, 1, 1])
    // A connection without secrets needs no vault.
    vault.before = () => {
      throw lockedVaultError()
    }
    await connections.create(OLLAMA)
    expect(connections.list()).toHaveLength(2)
  })

  test('a database that fails leaves the old configuration and its secrets whole', async () => {
    const opened = await openConnections()
    const { connections, vault, storage } = opened
    const created = await connections.create(OPENAI)
    const before = [...vault.sealed]
    const real = storage.connections.save
    storage.connections.save = () => {
      throw new EngineError('disk_full', 'The disk is full.')
    }
    await expect(
      connections.update(created.id, { ...OPENAI, keys: [{ value: 'sk-new' }], headers: { 'X-Key': 'new' } }),
    ).rejects.toMatchObject({ code: 'disk_full' })
    expect([...vault.sealed]).toEqual(before)
    expect(connections.get(created.id)).toEqual(created)
    storage.connections.save = real
    await connections.setEnabled(created.id, false)
    expect(connections.get(created.id)?.health.state).toBe('disabled')
  })
})

describe('secrets that cannot be opened', () => {
  test('the connection stays, asks for the key, and is not used without it; a new key puts it right', async () => {
    const folder = tempFolder()
    const vault = testVault()
    const first = await openConnections({ folder, vault })
    const { id } = await first.connections.create({ ...OPENAI, name: 'Cloud', keys: [{ value: 'sk-canary-1111' }] })
    await first.stop()
    vault.sealed.delete([...vault.sealed.keys()].find((name) => name.includes('/key/')) ?? '')

    const second = await openConnections({ folder, vault })
    expect(second.connections.get(id)).toMatchObject({
      keys: [{ mask: '••••1111' }],
      health: {
        state: 'auth-failed',
        lastError: { error: { message: 'The key ••••1111 of Cloud cannot be opened. Enter the key again.' } },
      },
    })
    const adapter = second.set.find(id)?.adapter
    await expect(adapter?.listModels()).rejects.toMatchObject({ code: 'auth_failed' })
    await expect(
      adapter?.upstream?.request({ method: 'GET', path: '/', signal: new AbortController().signal }),
    ).rejects.toMatchObject({ code: 'auth_failed' })
    const chat = adapter?.chat({
      request: { model: 'm', messages: [], sampling: {} },
      upstreamModel: 'm',
      requestId: 'r',
      signal: new AbortController().signal,
    })
    await expect(Array.fromAsync(chat ?? [])).rejects.toMatchObject({ code: 'auth_failed' })
    expect(second.opened).toEqual([])

    const [key] = second.connections.get(id)?.keys ?? []
    await expect(second.connections.update(id, { ...OPENAI, keys: [{ keep: key?.id ?? '' }] })).rejects.toMatchObject({
      message: expect.stringContaining('Enter it again') as string,
    })
    await second.connections.update(id, { ...OPENAI, keys: [{ value: 'sk-canary-9999' }] })
    expect(second.opened.at(-1)?.secrets.keys).toEqual(['sk-canary-9999'])
  })

  test('a key store that was locked at the start is tried again when the person refreshes', async () => {
    const folder = tempFolder()
    const vault = testVault()
    const first = await openConnections({ folder, vault })
    const { id } = await first.connections.create(OPENAI)
    await first.stop()
    const sealed = new Map(vault.sealed)
    vault.before = () => {
      throw lockedVaultError()
    }
    const second = await openConnections({ folder, vault })
    expect(second.connections.get(id)?.config?.headers).toEqual({ 'X-Api-Token': '••••', 'X-Team': '••••' })
    expect(second.connections.get(id)?.health.lastError?.error.detail).toContain('The key store is locked')
    await second.connections.refresh(id)
    expect(second.opened).toEqual([])
    vault.before = () => undefined
    await second.connections.refresh(id)
    expect(second.opened.at(-1)?.secrets.headers).toEqual(OPENAI.headers)
    expect(second.refreshed).toEqual([id, id])
    expect(vault.sealed).toEqual(sealed)
  })

  test('one key of two that opens is used', async () => {
    const folder = tempFolder()
    const vault = testVault()
    const first = await openConnections({ folder, vault })
    const { id } = await first.connections.create(OPENAI)
    await first.stop()
    vault.sealed.delete([...vault.sealed.keys()].find((name) => name.includes('/key/')) ?? '')
    const second = await openConnections({ folder, vault })
    expect(second.opened.map(({ secrets }) => secrets.keys)).toEqual([['sk-canary-2222']])
    expect(second.connections.get(id)?.health.lastError?.error.message).toContain('••••1111')
  })

  test('what no connection refers to is destroyed at the start; other secrets and unreadable rows are left alone', async () => {
    const folder = tempFolder()
    const vault = testVault()
    const first = await openConnections({ folder, vault })
    const kept = await first.connections.create({ ...OPENAI, headers: {}, keys: [{ value: 'sk-canary-1111' }] })
    const newer = await first.connections.create({ ...OPENAI, headers: {}, keys: [{ value: 'sk-canary-2222' }] })
    const { storage } = first
    const unreadable = { ...storage.connections.all()[1], config: { provider: 'from-the-future' } }
    await first.stop()
    vault.sealed.set('connection/gone/key/1', 'orphan')
    vault.sealed.set(`connection/${kept.id}/key/cut-off`, 'orphan')
    vault.sealed.set('gateway/token', 'not ours')

    const { openWritable } = await import('../../../src/main/engine/storage/sqlite.ts')
    const db = openWritable(join(folder, 'switchyard.db'))
    db.prepare('UPDATE connections SET config = ? WHERE id = ?').run(JSON.stringify(unreadable.config), newer.id)
    db.close()
    const second = await openConnections({ folder, vault })
    expect(second.connections.list().map(({ id }) => id)).toEqual(['llama', kept.id])
    expect([...vault.sealed.keys()].sort()).toEqual(
      [
        `connection/${kept.id}/key/${kept.keys[0]?.id}`,
        `connection/${newer.id}/key/${newer.keys[0]?.id}`,
        'gateway/token',
      ].sort(),
    )
    expect(second.log.lines.find(({ fields }) => 'connections' in fields)?.fields).toMatchObject({
      connections: [newer.id],
    })
  })
})

describe('the set in use', () => {
  test('only what changed is built anew; switched off ones are out, with their family', async () => {
    const { connections, set, opened, changes } = await openConnections()
    const a = await connections.create(OLLAMA)
    const b = await connections.create(OPENAI)
    const builtA = set.find(a.id)
    await connections.update(b.id, { ...OPENAI, keys: [], priority: 3 })
    expect(set.find(a.id)).toBe(builtA)
    expect(set.find(b.id)?.config?.priority).toBe(3)
    await connections.reorder([b.id, a.id])
    expect(set.all().map(({ id }) => id)).toEqual(['llama', b.id, a.id])
    expect(set.find(a.id)).toBe(builtA)
    expect(opened).toHaveLength(3)
    await connections.setEnabled(b.id, false)
    expect(set.all().map(({ id }) => id)).toEqual(['llama', a.id])
    expect(connections.get(b.id)).toMatchObject({ config: { enabled: false }, health: { state: 'disabled' } })
    await connections.setFamilyEnabled('ollama', false)
    expect(set.all().map(({ id }) => id)).toEqual(['llama'])
    expect(connections.get(a.id)).toMatchObject({ config: { enabled: true }, health: { state: 'disabled' } })
    expect([connections.familyEnabled('ollama'), connections.familyEnabled('openai')]).toEqual([false, true])
    changes.length = 0
    await connections.setFamilyEnabled('ollama', false)
    await connections.setEnabled(b.id, false)
    expect(changes).toEqual([])
    await connections.setFamilyEnabled('ollama', true)
    expect(set.all().map(({ id }) => id)).toEqual(['llama', a.id])
    expect(changes).toEqual([[a.id]])
  })

  test('an edit lets a running answer end', async () => {
    let finish: () => void = () => undefined
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' })
      response.write('first,')
      finish = () => response.end('last')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { connections, set, stop } = await openConnections()
    const { id } = await connections.create({ provider: 'ollama', baseUrl })
    const before = set.find(id)
    const answer = await before?.adapter.upstream?.request({
      method: 'GET',
      path: '/',
      signal: new AbortController().signal,
    })
    await connections.update(id, { provider: 'ollama', baseUrl, name: 'Renamed' })
    expect(set.find(id)).not.toBe(before)
    expect(set.find(id)?.name).toBe('Renamed')
    const stopped = stop()
    finish()
    const text = Buffer.concat(await Array.fromAsync(answer?.body ?? []))
    expect(text.toString()).toBe('first,last')
    await stopped
    await expect(connections.create(OLLAMA)).rejects.toMatchObject({ code: 'shutting_down' })
  })

  test('one that cannot be built fails alone, with its reason', async () => {
    const { connections, set } = await openConnections({
      openUpstream: () => {
        throw new EngineError('unsupported', 'No identity here.')
      },
    })
    const { id } = await connections.create(OLLAMA)
    await expect(set.find(id)?.adapter.listModels()).rejects.toMatchObject({ message: 'No identity here.' })
  })

  test('places follow what hosts resolve to', async () => {
    const clock = createManualClock()
    let addresses = ['192.168.1.9']
    const resolving = Promise.withResolvers<void>()
    const { connections, set, changes } = await openConnections({
      clock,
      resolveHost: async () => {
        await resolving.promise
        return addresses
      },
      ownAddresses: () => ['192.168.1.7'],
    })
    const named = await connections.create({ ...OLLAMA, baseUrl: 'http://nas.example:11434' })
    const own = await connections.create({ ...OLLAMA, baseUrl: 'http://192.168.1.7:11434' })
    expect([named.place, own.place]).toEqual(['away', 'here'])
    const adapter = set.find(named.id)?.adapter
    resolving.resolve()
    await until('its place is known', () => (set.find(named.id)?.place === 'near' ? true : null))
    expect(connections.get(named.id)?.place).toBe('near')
    // The same server, so the same adapter.
    expect(set.find(named.id)?.adapter).toBe(adapter)
    expect(changes.at(-1)).toEqual([named.id])
    addresses = ['93.184.216.34']
    clock.advance(60_000)
    await until('its new place is known', () => (set.find(named.id)?.place === 'away' ? true : null))
    addresses = ['127.0.0.1']
    await connections.refresh(named.id)
    await until('a refresh looks again', () => (connections.get(named.id)?.place === 'here' ? true : null))
  })
})

describe('families', () => {
  test('are replaced whole, in place, keeping ids', async () => {
    const { connections, vault } = await openConnections()
    const o1 = await connections.create({ ...OLLAMA, name: 'o1' })
    const a1 = await connections.create({ ...OPENAI, name: 'a1' })
    const o2 = await connections.create({ ...OLLAMA, name: 'o2' })
    const a2 = await connections.create({ provider: 'anthropic', baseUrl: 'https://api.anthropic.com', name: 'a2' })
    expect([connections.family('ollama'), connections.family('openai')]).toEqual([
      [o1.id, o2.id],
      [a1.id, a2.id],
    ])
    const titles = () => connections.list().map(({ title }) => title)
    await connections.replaceFamily('ollama', [
      { id: o2.id, input: { ...OLLAMA, name: 'o2' } },
      { id: null, input: { ...OLLAMA, name: 'o3' } },
      { id: o1.id, input: { ...OLLAMA, name: 'o1' } },
    ])
    expect(titles()).toEqual(['in-process', 'o2', 'a1', 'o3', 'o1', 'a2'])
    expect(connections.family('ollama')[0]).toBe(o2.id)
    await connections.replaceFamily('openai', [])
    expect(titles()).toEqual(['in-process', 'o2', 'o3', 'o1'])
    expect(vault.sealed.size).toBe(0)
    await connections.replaceFamily('openai', [{ id: null, input: OPENAI }])
    expect(connections.family('openai')).toHaveLength(1)
  })

  test('all or nothing', async () => {
    const { connections, vault, changes } = await openConnections()
    const o1 = await connections.create(OLLAMA)
    const a1 = await connections.create(OPENAI)
    const before = [connections.list(), [...vault.sealed]]
    changes.length = 0
    for (const [entries, code] of [
      [[{ id: null, input: { ...OLLAMA, baseUrl: 'nas:11434' } }], 'invalid_request'],
      [[{ id: null, input: OPENAI }], 'invalid_request'],
      [[{ id: a1.id, input: OLLAMA }], 'invalid_request'],
      [[{ id: 'gone', input: OLLAMA }], 'not_found'],
      [
        [
          { id: o1.id, input: OLLAMA },
          { id: o1.id, input: OLLAMA },
        ],
        'invalid_request',
      ],
    ] as const) {
      await expect(
        connections.replaceFamily('ollama', [{ id: null, input: OLLAMA }, ...entries]),
      ).rejects.toMatchObject({
        code,
      })
    }
    expect([connections.list(), [...vault.sealed], changes]).toEqual([...before, []])
  })
})

describe('the first start', () => {
  const environment = {
    OLLAMA_BASE_URL: 'http://nas:11434',
    OPENAI_API_KEY: 'sk-canary-seed',
    ENABLE_OLLAMA_API: 'false',
  }

  test('seeds once; later starts only say what differs', async () => {
    const folder = tempFolder()
    const vault = testVault()
    const first = await openConnections({ folder, vault, environment })
    expect(first.connections.list().map(({ title, origin, keys }) => [title, origin, keys.length])).toEqual([
      ['in-process', 'built-in', 0],
      ['nas:11434', 'environment', 0],
      ['api.openai.com', 'environment', 1],
    ])
    expect([...vault.sealed.values()]).toEqual(['sk-canary-seed'])
    expect(first.connections.familyEnabled('ollama')).toBe(false)
    for (const id of [...first.connections.family('ollama'), ...first.connections.family('openai')]) {
      await first.connections.remove(id)
    }
    await first.stop()

    const second = await openConnections({ folder, vault, environment })
    expect(second.connections.list()).toHaveLength(1)
    const warnings = (lines: typeof second.log.lines) => lines.filter(({ level }) => level === 'warn')
    expect(warnings(second.log.lines)).toEqual([])
    await second.stop()

    const third = await openConnections({
      folder,
      vault,
      environment: { ...environment, OPENAI_API_KEY: 'sk-canary-2' },
    })
    expect(third.connections.list()).toHaveLength(1)
    expect(warnings(third.log.lines).map(({ fields }) => fields)).toEqual([{ variables: ['OPENAI_API_KEY'] }])
    expect(JSON.stringify([first.log.lines, second.log.lines, third.log.lines])).not.toContain('canary')
  })

  test('without variables leaves the next start free to seed, until a person has set something up', async () => {
    const folder = tempFolder()
    const vault = testVault()
    await (await openConnections({ folder, vault })).stop()
    const second = await openConnections({ folder, vault })
    await second.connections.create(OLLAMA)
    await second.stop()
    const third = await openConnections({ folder, vault, environment })
    expect(third.connections.list().map(({ title }) => title)).toEqual(['in-process', 'Workstation'])

    const other = tempFolder()
    await (await openConnections({ folder: other, vault: testVault() })).stop()
    const seeded = await openConnections({ folder: other, vault: testVault(), environment })
    expect(seeded.connections.list()).toHaveLength(3)
  })

  test('with a vault that fails starts, and seeds at the next one', async () => {
    const folder = tempFolder()
    const vault = testVault()
    vault.before = (call) => {
      if (call === 'set') throw lockedVaultError()
    }
    const first = await openConnections({ folder, vault, environment })
    expect(first.connections.list()).toHaveLength(1)
    expect(first.log.lines.some(({ level }) => level === 'error')).toBe(true)
    await first.stop()
    vault.before = () => undefined
    expect((await openConnections({ folder, vault, environment })).connections.list()).toHaveLength(3)
  })
})
