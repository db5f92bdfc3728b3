import { onTestFinished } from 'vitest'
import { llamaConnection } from '../../../src/main/engine/connections/connection.ts'
import {
  type ConnectionsArea,
  type ConnectionsOptions,
  createConnections,
} from '../../../src/main/engine/connections/index.ts'
import { createHealthBoard } from '../../../src/main/engine/health/create-health-board.ts'
import { createUpstream } from '../../../src/main/engine/http/create-upstream.ts'
import type { Clock } from '../../../src/main/engine/spec/clock.ts'
import type { HealthBoard } from '../../../src/main/engine/spec/connections.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import type { ProviderAdapter } from '../../../src/main/engine/spec/provider-adapter.ts'
import type { SecretVault } from '../../../src/main/engine/spec/secret-vault.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import type { Upstream } from '../../../src/main/engine/spec/upstream.ts'
import { openStorage, type Storage } from '../../../src/main/engine/storage/index.ts'
import type { RemoteProviderKind } from '../../../src/shared/connections.ts'
import { scriptedAdapter, upstreamModel } from '../../support/scripted-adapter.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'

/** A vault in memory whose calls can be made to fail. */
export interface TestVault extends SecretVault {
  readonly sealed: Map<string, string>
  /** Throws to fail the call. */
  before: (call: 'get' | 'set' | 'remove' | 'names', name: string) => void
}

export function testVault(): TestVault {
  const sealed = new Map<string, string>()
  const vault: TestVault = {
    sealed,
    before: () => undefined,
    async get(name) {
      vault.before('get', name)
      return sealed.get(name) ?? null
    },
    async set(name, value) {
      vault.before('set', name)
      sealed.set(name, value)
    },
    async remove(name) {
      vault.before('remove', name)
      sealed.delete(name)
    },
    async names() {
      vault.before('names', '')
      return [...sealed.keys()]
    },
  }
  return vault
}

/** The least that an adapter of the OpenAI or Ollama kind does, over a real upstream. */
export function plainAdapter(kind: RemoteProviderKind, upstream: Upstream): ProviderAdapter {
  const isOllama = kind === 'ollama'
  const script = scriptedAdapter([])
  return {
    ...script,
    kind,
    upstream,
    async listModels(signal = new AbortController().signal) {
      const answer = await upstream.json({ method: 'GET', path: isOllama ? '/api/tags' : '/models', signal })
      const { models, data } = answer as { models?: { model: string }[]; data?: { id: string }[] }
      const names = models?.map(({ model }) => model) ?? data?.map(({ id }) => id) ?? []
      return names.map((name) =>
        upstreamModel({ upstreamModel: name, capabilities: name.includes('embed') ? ['embedding'] : ['chat'] }),
      )
    },
    ...(isOllama
      ? {
          version: async (signal: AbortSignal) =>
            ((await upstream.json({ method: 'GET', path: '/api/version', signal })) as { version: string }).version,
        }
      : {}),
    async *chat({ request, signal }) {
      const body = JSON.stringify({ model: request.model, max_tokens: request.sampling.maxTokens })
      const path = isOllama ? '/api/chat' : '/chat/completions'
      const { text } = (await upstream.json({ method: 'POST', path, body, signal })) as { text: string }
      yield { type: 'text-delta', text }
      yield { type: 'finish', reason: 'length' }
    },
  }
}

export interface OpenedConnections extends ConnectionsArea {
  storage: Storage
  vault: TestVault
  health: HealthBoard
  log: ReturnType<typeof createTestLog>
  /** Ids that changed, one list per call of a listener. */
  changes: string[][]
  /** Ids whose models were asked for again. */
  refreshed: string[]
  /** What upstreams were opened with, newest last. */
  opened: Parameters<ConnectionsOptions['openUpstream']>[0][]
  /** Stops all of it; storage and vault stay, for another start. */
  stop(): Promise<void>
}

interface OpenOptions extends Partial<ConnectionsOptions> {
  folder?: string
  vault?: TestVault
  clock?: Clock
}

/** Connections over a real database, started. */
export async function openConnections(options: OpenOptions = {}): Promise<OpenedConnections> {
  const { folder = tempFolder(), vault = testVault(), clock = systemClock, ...more } = options
  const log = createTestLog()
  const now = () => clock.now()
  const storage = openStorage({ folder, log, now })
  const health = createHealthBoard({ now })
  const opened: OpenedConnections['opened'] = []
  const refreshed: string[] = []
  const area = createConnections({
    records: storage.connections,
    vault,
    environment: {},
    log,
    clock,
    builtIn: llamaConnection(scriptedAdapter([])),
    openUpstream(input) {
      opened.push(input)
      return createUpstream({ ...input, log, clock })
    },
    createAdapter: plainAdapter,
    health,
    refreshModels: async (id) => void refreshed.push(id),
    resolveHost: async (host) => (host.endsWith('.invalid') ? Promise.reject(new Error('ENOTFOUND')) : ['127.0.0.1']),
    ownAddresses: () => [],
    ...more,
  })
  const changes: string[][] = []
  area.set.onChange((changed) => void changes.push([...changed]))
  const stop = async (): Promise<void> => {
    await area.close()
    storage.close()
  }
  onTestFinished(stop)
  await area.start()
  return { ...area, storage, vault, health, log, changes, refreshed, opened, stop }
}

/** What a vault throws whose key store is locked. */
export function lockedVaultError(): EngineError {
  return new EngineError('unsupported', 'The key store is locked. Unlock it, then try again.')
}
