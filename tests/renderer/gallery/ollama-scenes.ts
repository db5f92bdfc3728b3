import { connectionView } from '../support/connection-samples.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { failedUpdate, jobsInEveryState, ollamaModel, ollamaShelf } from '../support/ollama-samples.ts'
import { catalogOf, someStatus } from '../support/samples.ts'

const DOWN = {
  code: 'upstream_unavailable',
  message: 'attic does not answer: connect ECONNREFUSED 192.168.1.40:11434',
  retryable: true,
  detail: 'connect ECONNREFUSED 192.168.1.40:11434',
} as const

/** The Ollama manager in a named state; show it at `#/backends/attic/models`. */
export function ollamaScene(name: string): MockEngine {
  const engine = createMockEngine({
    connections: [
      connectionView('attic', {
        place: 'near',
        config: { baseUrl: 'http://192.168.1.40:11434' },
        health: { version: '0.13.5' },
      }),
    ],
    status: someStatus({}, { near: { connections: 1, down: 0 } }),
    ollamaModels: ollamaShelf(),
  })
  const { state } = engine
  switch (name) {
    case 'ollama-jobs':
      state.jobs = jobsInEveryState()
      keepMoving(engine)
      return engine
    case 'ollama-update':
      state.jobs = [failedUpdate()]
      return engine
    case 'ollama-empty':
      state.ollamaModels = []
      return engine
    case 'ollama-loading':
      engine.on('ollama.models', () => new Promise(() => undefined))
      return engine
    case 'ollama-down':
      engine.fail('ollama.models', DOWN)
      state.catalog = catalogOf([]).concat(
        state.ollamaModels.slice(0, 4).map((model) => ({
          id: model.name,
          name: model.name,
          place: 'near',
          holders: [
            {
              connectionId: 'attic',
              connectionName: 'attic',
              provider: 'ollama',
              upstreamModel: model.name,
              place: 'near',
              reachable: false,
              knownAt: Date.now() - 1_500_000,
              loaded: false,
              expiresAt: null,
              sizeBytes: model.sizeBytes,
              quantization: model.quantization,
              contextLength: 131_072,
            },
          ],
          tags: [],
          connectionType: 'local',
          ownedBy: null,
          capabilities: ['chat'],
          contextLength: 131_072,
          sizeBytes: model.sizeBytes,
          quantization: model.quantization,
          parameterSize: model.parameterSize,
          family: model.family,
          digest: model.digest,
          modifiedAt: model.modifiedAt,
          loaded: false,
          expiresAt: null,
          state: 'unreachable',
          reason: DOWN.message,
          isDemo: false,
        })),
      )
      return engine
    case 'ollama-down-new':
      engine.fail('ollama.models', DOWN)
      return engine
    case 'ollama-paused':
      state.connections = [
        connectionView('attic', { place: 'near', config: { enabled: false }, health: { state: 'disabled' } }),
      ]
      return engine
    case 'ollama-many':
      state.ollamaModels = Array.from({ length: 500 }, (_, index) =>
        ollamaModel(`model-${String(index).padStart(3, '0')}:8b`, { sizeBytes: (1 + (index % 40)) * 1e9 }),
      )
      return engine
    case 'ollama-wrong':
      engine.fail('jobs.create', {
        code: 'invalid_request',
        message: 'Modelfile, line 2, column 11: "temprature" is no parameter. Did you mean temperature?',
        retryable: false,
        param: 'modelfile',
        detail:
          'Modelfile, line 2, column 11: "temprature" is no parameter. Did you mean temperature?\nModelfile, line 4, column 1: "SYTEM" is no instruction. Did you mean SYSTEM?',
      })
      return engine
    default:
      return engine
  }
}

/** The engine tells about a job that moves every second; here its bytes go on by themselves. */
function keepMoving(engine: MockEngine): void {
  setInterval(() => {
    engine.state.jobs = engine.state.jobs.map((job) =>
      job.id === 'running' ? { ...job, completedBytes: (job.completedBytes ?? 0) + 11.8e6 } : job,
    )
    engine.emit({ type: 'jobs:changed' })
  }, 1000)
}
