import { ORPCError } from '@orpc/client'
import {
  type ConnectionInput,
  type ConnectionTestStep,
  type ConnectionView,
  connectionInputSchema,
} from '#shared/connections.ts'
import { testSteps } from './connection-samples.ts'
import type { MockEngine } from './mock-engine.ts'

interface ListHolder {
  connections: ConnectionView[]
}

/** The connections part of an engine in memory: changes are kept, and said to the windows. */
export function serveConnections(state: ListHolder, on: MockEngine['on'], emit: MockEngine['emit']): void {
  let made = 0
  function change(connections: ConnectionView[]): void {
    state.connections = connections.map((view, position) => ({ ...view, position }))
    emit({ type: 'connections:changed' })
  }
  function find(id: string): ConnectionView {
    const view = state.connections.find((one) => one.id === id)
    if (view === undefined) throw new Error(`The mock engine has no connection ${id}`)
    return view
  }
  function put(view: ConnectionView): ConnectionView {
    change(state.connections.map((one) => (one.id === view.id ? view : one)))
    return view
  }
  on('connections.list', () => state.connections)
  on('connections.create', (input: ConnectionInput) => {
    made += 1
    const view = viewOf(`made-${made}`, input, null)
    change([...state.connections, view])
    return view
  })
  on('connections.update', ({ id, input, base }: { id: string; input: ConnectionInput; base?: string }) => {
    const before = find(id)
    if (base !== undefined && base !== before.revision) {
      const data = { code: 'conflict', message: 'This connection was changed elsewhere.', retryable: false } as const
      throw new ORPCError('ENGINE', { defined: true, status: 409, message: data.message, data })
    }
    made += 1
    return put({ ...viewOf(id, input, before), revision: `${id} changed ${made}` })
  })
  on('connections.setEnabled', ({ id, enabled }: { id: string; enabled: boolean }) => {
    const view = find(id)
    return put({
      ...view,
      config: view.config === null ? null : { ...view.config, enabled },
      health: {
        ...view.health,
        state: enabled ? 'ready' : 'disabled',
        nextCheckAt: enabled ? Date.now() + 10_000 : null,
      },
    })
  })
  on('connections.remove', ({ id }: { id: string }) => {
    find(id)
    change(state.connections.filter((view) => view.id !== id))
  })
  on('connections.reorder', ({ ids }: { ids: string[] }) => {
    const [builtIn] = state.connections.filter((view) => view.origin === 'built-in')
    change([...(builtIn === undefined ? [] : [builtIn]), ...ids.map(find)])
  })
  on('connections.refresh', ({ id }: { id: string }) => find(id))
  on('connections.test', () => streamOf(testSteps()))
}

/** The steps of a test, one after another. */
export async function* streamOf(steps: readonly ConnectionTestStep[]): AsyncGenerator<ConnectionTestStep> {
  yield* steps
}

function viewOf(id: string, given: ConnectionInput, before: ConnectionView | null): ConnectionView {
  const { keys, ...config } = connectionInputSchema.parse(given)
  const now = Date.now()
  return {
    id,
    position: 0,
    title: config.name === '' ? new URL(config.baseUrl).host : config.name,
    provider: config.provider,
    place: before?.place ?? 'here',
    config,
    keys: keys.flatMap((key, index) => {
      if ('value' in key) return [{ id: `key-${id}-${index}`, mask: `••••${key.value.slice(-4)}` }]
      return before?.keys.filter((kept) => kept.id === key.keep) ?? []
    }),
    origin: before?.origin ?? 'person',
    revision: `${id} 1`,
    health: before?.health ?? {
      state: 'unknown',
      latencyMs: null,
      checkedAt: null,
      lastOkAt: null,
      lastError: null,
      version: null,
      inFlight: 0,
      modelCount: 0,
      modelsKnownAt: null,
      nextCheckAt: now,
    },
  }
}
