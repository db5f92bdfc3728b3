import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSharing } from '../../../src/main/engine/sharing/index.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { ANONYMOUS, OWNER } from '../../../src/main/engine/spec/principal.ts'
import type { NetworkListener } from '../../../src/main/engine/spec/sharing.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createTestLog } from '../../support/test-log.ts'

type Opened = Parameters<NetworkListener['open']>[0]

function setUp({ accounts = true, documents = new Map<string, unknown>(), secrets = new Map<string, string>() } = {}) {
  const opened: Opened[] = []
  let isOpen = false
  let failure: Error | null = null
  const team = { accounts }
  const clock = createManualClock(Date.now())
  const sharing = createSharing({
    documents: {
      get: (key) => documents.get(key),
      save: (key, value) => void documents.set(key, structuredClone(value)),
      remove: (key) => void documents.delete(key),
    },
    vault: {
      get: async (name) => secrets.get(name) ?? null,
      set: async (name, value) => void secrets.set(name, value),
      remove: async (name) => void secrets.delete(name),
      names: async () => [...secrets.keys()],
    },
    team: { hasAccounts: () => team.accounts, keys: () => [], activePeople: () => [] },
    announcement: null,
    version: '0.1.0',
    clock,
    log: createTestLog(),
    addresses: () => [{ address: '192.168.7.7', interface: 'eth0', family: 'IPv4' }],
  })
  const listener: NetworkListener = {
    async open(options) {
      if (failure !== null) throw failure
      opened.push(options)
      isOpen = true
      return { port: options.port === 0 ? 5151 : options.port }
    },
    async close() {
      isOpen = false
    },
  }
  return {
    sharing,
    listener,
    opened,
    documents,
    secrets,
    team,
    clock,
    isOpen: () => isOpen,
    fail: (error: Error | null) => {
      failure = error
    },
  }
}

describe('sharing on the network', () => {
  it('is off until somebody switches it on', async () => {
    const { sharing, listener, opened } = setUp()
    await sharing.attach(listener)
    expect(sharing.state()).toMatchObject({ state: 'off', urls: [], fingerprint: null })
    expect(opened).toEqual([])
  })

  it.each(['0.0.0.0', '::', '*', ''])('takes the address %j as every address', async (address) => {
    const { sharing, listener, opened } = setUp()
    await sharing.attach(listener)
    const { settings, urls } = await sharing.update({ enabled: true, tls: false, port: 4748, address }, OWNER)
    expect(settings.address).toBeNull()
    expect(urls).toContain('http://192.168.7.7:4748')
    expect(opened[0]?.hosts).toContain('192.168.7.7')
  })

  it.each(['', 'a b', '*', 'box.lan:4748', 'https://box.lan', 'box.lan/'])('refuses the host name %j', async (name) => {
    const { sharing } = setUp()
    expect(() => sharing.update({ hostNames: ['box.lan', name] }, OWNER)).toThrow(/is no host name/)
    expect(sharing.state().settings.hostNames).toEqual([])
    const { settings } = await sharing.update({ hostNames: ['box.lan', '10.0.0.9', 'fd00::9', 'büro.local'] }, OWNER)
    expect(settings.hostNames).toHaveLength(4)
  })

  it('cannot be switched on without accounts or keys, and does not open by itself once there are some', async () => {
    const parts = setUp({ accounts: false })
    await parts.sharing.attach(parts.listener)
    const state = await parts.sharing.update({ enabled: true }, OWNER)
    expect(state).toMatchObject({ state: 'blocked', settings: { enabled: false } })
    expect(state.reason).toContain('account')
    expect(parts.opened).toEqual([])
    parts.team.accounts = true
    expect(parts.sharing.state().state).toBe('off')
    const again = setUp({ documents: parts.documents })
    await again.sharing.attach(again.listener)
    expect(again.opened).toEqual([])
  })

  it('is only for administrators', async () => {
    const { sharing, listener } = setUp()
    await sharing.attach(listener)
    expect(() => sharing.update({ enabled: true }, ANONYMOUS)).toThrow(EngineError)
  })

  it('tells its addresses and keeps its certificate over restarts', async () => {
    const first = setUp()
    await first.sharing.attach(first.listener)
    const on = await first.sharing.update({ enabled: true, port: 4748, hostNames: ['Models.Example'] }, OWNER)
    expect(on.state).toBe('on')
    expect(on.urls[0]).toBe('https://192.168.7.7:4748')
    expect(first.opened[0]?.hosts).toEqual(expect.arrayContaining(['192.168.7.7', 'models.example']))
    expect(on.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
    expect(JSON.stringify([...first.documents])).not.toContain('PRIVATE KEY')

    const second = setUp({ documents: first.documents, secrets: first.secrets })
    await second.sharing.attach(second.listener)
    expect(second.sharing.state()).toMatchObject({ state: 'on', fingerprint: on.fingerprint })
  })

  it('makes a new certificate before the old one ends', async () => {
    const parts = setUp()
    await parts.sharing.attach(parts.listener)
    const before = await parts.sharing.update({ enabled: true }, OWNER)
    await parts.sharing.update({ enabled: false }, OWNER)
    parts.clock.advance(800 * 86_400_000)
    const after = await parts.sharing.update({ enabled: true }, OWNER)
    expect(after.fingerprint).not.toBe(before.fingerprint)
    expect(after.certificateExpiresAt).toBeGreaterThan(before.certificateExpiresAt ?? 0)
  })

  it('serves TLS with exactly the certificate whose fingerprint it shows', async () => {
    const parts = setUp()
    await parts.sharing.attach(parts.listener)
    const { fingerprint } = await parts.sharing.update({ enabled: true }, OWNER)
    const server = createServer(parts.opened[0]?.tls ?? {}, (_request, response) => response.end('ok'))
    onTestFinished(() => void server.close())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const shown = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().fingerprint256)
        socket.end()
      })
      socket.on('error', reject)
    })
    expect(shown).toBe(fingerprint)
    const names = new X509Certificate(parts.opened[0]?.tls?.cert ?? '').subjectAltName
    expect(names).toContain('192.168.7.7')
  })

  it('says why a port cannot be had, and takes another', async () => {
    const parts = setUp()
    await parts.sharing.attach(parts.listener)
    parts.fail(new EngineError('conflict', 'Port 4748 is already in use by another program.'))
    const failed = await parts.sharing.update({ enabled: true }, OWNER)
    expect(failed).toMatchObject({ state: 'failed', urls: [] })
    expect(failed.reason).toContain('already in use')
    parts.fail(null)
    expect(await parts.sharing.update({ port: 4749 }, OWNER)).toMatchObject({ state: 'on', reason: null })
  })

  it('says what is wrong with a setting', async () => {
    const { sharing } = setUp()
    expect(() => sharing.update({ port: 70_000 }, OWNER)).toThrow(expect.objectContaining({ param: 'port' }))
  })

  it('goes over plain HTTP where that is chosen, without a fingerprint', async () => {
    const parts = setUp()
    await parts.sharing.attach(parts.listener)
    const state = await parts.sharing.update({ enabled: true, tls: false, port: 0 }, OWNER)
    expect(state).toMatchObject({ state: 'on', fingerprint: null })
    expect(state.urls[0]).toBe('http://192.168.7.7:5151')
    expect(parts.opened[0]?.tls).toBeNull()
  })

  it('closes its listener with the engine', async () => {
    const parts = setUp()
    await parts.sharing.attach(parts.listener)
    await parts.sharing.update({ enabled: true }, OWNER)
    expect(parts.isOpen()).toBe(true)
    await parts.sharing.close()
    expect(parts.isOpen()).toBe(false)
  })
})
