import { expect, test } from 'vitest'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { NetworkListener, Sharing } from '../../../src/main/engine/spec/sharing.ts'
import { shareOnNetwork } from '../../../src/main/headless/share-on-network.ts'
import { type SharingState, sharingSettingsSchema } from '../../../src/shared/sharing.ts'
import { createTestLog } from '../../support/test-log.ts'

const network: NetworkListener = { open: async () => ({ port: 1 }), close: async () => {} }

function engineWith(outcome: Partial<SharingState> | Error) {
  const asked: unknown[] = []
  const state = (): SharingState => {
    if (outcome instanceof Error) throw outcome
    return {
      settings: sharingSettingsSchema.parse({}),
      state: 'off',
      reason: null,
      urls: [],
      addresses: [],
      fingerprint: null,
      certificateExpiresAt: null,
      found: [],
      activePeople: [],
      ...outcome,
    }
  }
  const sharing: Pick<Sharing, 'attach' | 'update' | 'state'> = {
    async attach(listener) {
      asked.push(listener)
    },
    async update(patch, by) {
      asked.push([patch, by.kind])
      return state()
    },
    state,
  }
  return { asked, engine: { sharing: sharing as Sharing, log: createTestLog() } }
}

test('what was on before comes back and is told, without being asked for', async () => {
  const on = { state: 'on' as const, urls: ['https://192.168.1.5:4748'], fingerprint: 'AB:CD' }
  const { asked, engine } = engineWith(on)
  expect(await shareOnNetwork(engine, network, null)).toEqual([
    'Shared on the network at https://192.168.1.5:4748',
    'Its certificate has the SHA-256 fingerprint AB:CD',
  ])
  expect(asked).toEqual([network])
  expect(await shareOnNetwork(engineWith({}).engine, network, null)).toEqual([])
})

test('what the command line says is switched on by the owner; what it leaves out stays', async () => {
  const { asked, engine } = engineWith({ state: 'on', urls: ['http://127.0.0.1:5000'] })
  const lines = await shareOnNetwork(engine, network, { address: '127.0.0.1', port: null, tls: false })
  expect(asked).toEqual([network, [{ enabled: true, address: '127.0.0.1', tls: false }, 'owner']])
  expect(lines).toEqual([
    'Shared on the network at http://127.0.0.1:5000',
    'Without encryption: whoever is on this network can read along, passwords included.',
  ])
  const withPort = engineWith({ state: 'on' })
  await shareOnNetwork(withPort.engine, network, { address: null, port: 0, tls: true })
  expect(withPort.asked[1]).toEqual([{ enabled: true, address: null, tls: true, port: 0 }, 'owner'])
})

test('why not, and what to do about it', async () => {
  const request = { address: null, port: null, tls: true }
  const blocked = engineWith({ state: 'blocked', reason: 'Make an account first.' })
  expect(await shareOnNetwork(blocked.engine, network, request)).toEqual([
    expect.stringMatching(/^Not shared on the network: Make an account first\. .*Team page.*--share again\.$/),
  ])
  const failed = engineWith({ state: 'failed', reason: 'Port 4748 is taken.' })
  expect(await shareOnNetwork(failed.engine, network, request)).toEqual([
    'Not shared on the network: Port 4748 is taken.',
  ])
  const wrong = engineWith(new EngineError('invalid_request', 'This machine has no address 9.9.9.9.'))
  expect(await shareOnNetwork(wrong.engine, network, request)).toEqual([
    'Not shared on the network: This machine has no address 9.9.9.9.',
  ])
})
