import type { ConnectionState } from '#shared/connections.ts'
import {
  builtInConnection,
  connectionView,
  everyState,
  someConnections,
  testSteps,
} from '../support/connection-samples.ts'
import { streamOf } from '../support/mock-connections.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { someStatus } from '../support/samples.ts'

/** An engine with connections in a named state, to look at on #/backends. */
export function backendsScene(name: string): MockEngine {
  const engine = createMockEngine({
    connections: someConnections(),
    status: someStatus(
      { modelName: 'Qwen3 8B', state: 'ready', loadedModels: 1, memoryBytes: { ram: 6.9e9, vram: 0 } },
      { near: { connections: 1, down: 0 }, away: { connections: 2, down: 0 }, trouble: ['connections-down'] },
    ),
  })
  switch (name) {
    case 'backends-empty':
      engine.state.connections = [builtInConnection()]
      engine.state.status = someStatus()
      return engine
    case 'backends-states':
      engine.state.connections = everyState()
      return engine
    case 'backends-many':
      engine.state.connections = [builtInConnection(), ...many(39)]
      return engine
    case 'backends-loading':
      engine.on('connections.list', () => new Promise(() => undefined))
      return engine
    case 'backends-error':
      engine.fail('connections.list', {
        code: 'storage_failed',
        message: 'The database could not be read: disk I/O error.',
        retryable: false,
        requestId: '01JD8Q4ZK3',
      })
      return engine
    case 'backends-address':
      engine.on('connections.test', () =>
        streamOf(
          testSteps({
            step: 'address',
            error: {
              code: 'invalid_request',
              message: 'Type http://192.168.1.100:11434 instead: an address has to begin with http:// or https://.',
              retryable: false,
            },
            advice: 'Type http://192.168.1.100:11434 instead: an address has to begin with http:// or https://.',
          }),
        ),
      )
      return engine
    case 'backends-pin':
      engine.on('connections.test', () =>
        streamOf(
          testSteps({
            step: 'tls',
            detail: `attic.local, issued by attic.local, valid until Jan  1 2031, SHA-256 ${'AB:'.repeat(31)}CD`,
            error: {
              code: 'upstream_unavailable',
              message: 'The certificate of attic.local:443 is self-signed: no public authority vouches for it.',
              retryable: false,
              detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
            },
            advice:
              'If this is your own server, compare the fingerprint with the one shown there, then pin it for this connection.',
            fingerprint: `${'AB:'.repeat(31)}CD`,
          }),
        ),
      )
      return engine
    case 'backends-running':
      engine.on('connections.test', async function* (_input: never, signal: AbortSignal | undefined) {
        yield* testSteps().slice(0, 9)
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      })
      return engine
    default:
      return engine
  }
}

function many(count: number): ReturnType<typeof connectionView>[] {
  const states: ConnectionState[] = [
    'ready',
    'ready',
    'ready',
    'slow',
    'ready',
    'down',
    'ready',
    'limited',
    'ready',
    'disabled',
  ]
  const places = ['near', 'near', 'away'] as const
  return Array.from({ length: count }, (_, index) =>
    connectionView(`node-${index + 1}`, {
      title:
        index === 4 ? 'a-very-long-name-of-a-machine-in-the-second-rack.lab.example.internal' : `node-${index + 1}`,
      place: places[index % 3] ?? 'near',
      config: { baseUrl: `http://192.168.7.${index + 10}:11434`, enabled: states[index % 10] !== 'disabled' },
      health: { state: states[index % 10] ?? 'ready', inFlight: index % 7 === 0 ? 2 : 0, latencyMs: 5 + index * 13 },
    }),
  )
}
