import { settingsSchema } from '#shared/settings.ts'
import { createMockEngine, type MockEngine } from '../support/mock-engine.ts'
import { demoFile, fullShelf, machine, modelFile, someStatus } from '../support/samples.ts'
import { backendsScene } from './backends-scenes.ts'
import { ollamaScene } from './ollama-scenes.ts'
import { teamScene } from './team-scenes.ts'

const GiB = 1024 ** 3

/** An engine in a named state, to look at. */
export function scene(name: string): MockEngine {
  switch (name) {
    case 'empty':
      return createMockEngine({ files: [], status: someStatus({ availableModels: 0 }, { savedAt: null }) })
    case 'loading': {
      const engine = createMockEngine()
      for (const path of ['models.files', 'settings.get', 'app.status'])
        engine.on(path, () => new Promise(() => undefined))
      return engine
    }
    case 'error': {
      const engine = createMockEngine()
      const error = {
        code: 'storage_failed',
        message: 'The database could not be read: disk I/O error.',
        retryable: false,
        requestId: '01JD8Q4ZK3',
      } as const
      for (const path of ['models.files', 'settings.get']) engine.fail(path, error)
      return engine
    }
    case 'first':
    case 'first-demo':
      return createMockEngine({
        files:
          name === 'first'
            ? [
                modelFile('Qwen3-8B-Q4_K_M', { facts: { name: 'Qwen3 8B' } }),
                modelFile('gemma-3-4b-it-Q4_K_M', { facts: { name: 'Gemma 3 4B' }, sizeBytes: 3.31e9 }),
                demoFile(),
              ]
            : [demoFile()],
        settings: settingsSchema.parse({}),
        status: someStatus({ availableModels: name === 'first' ? 3 : 1 }, { savedAt: null }),
      })
    case 'gone': {
      const engine = full()
      engine.on('app.events', async () => {
        throw new Error('Failed to fetch')
      })
      return engine
    }
    case 'gpu': {
      const engine = full()
      engine.state.info = machine({ gpus: [{ name: 'RTX 4060', vramBytes: 8 * GiB }] })
      return engine
    }
    case 'trouble': {
      const engine = full()
      engine.state.status = someStatus({ state: 'down' }, { trouble: ['The runtime stopped'], storage: 'disk-low' })
      return engine
    }
    case 'locked': {
      const engine = full()
      engine.state.environment = {
        theme: 'SWITCHYARD_THEME',
        logLevel: 'SWITCHYARD_LOG_LEVEL',
        modelFolders: 'SWITCHYARD_MODEL_FOLDERS',
      }
      engine.state.settings = settingsSchema.parse({
        welcomed: true,
        modelFolders: ['/srv/models'],
        allowedOrigins: ['http://localhost:3000'],
        temperature: 0.7,
        load: { contextSize: 8192, mlock: false },
      })
      engine.fail('settings.update', {
        code: 'storage_failed',
        message: 'The database could not be written.',
        retryable: false,
      })
      return engine
    }
    default:
      if (name.startsWith('ollama')) return ollamaScene(name)
      if (name.startsWith('team')) return teamScene(name)
      return name.startsWith('backends') ? backendsScene(name) : full()
  }
}

function full(): MockEngine {
  return createMockEngine({
    files: fullShelf(),
    status: someStatus({
      modelName: 'Qwen3 8B',
      state: 'ready',
      loadedModels: 1,
      availableModels: 8,
      memoryBytes: { ram: 6.9e9, vram: 0 },
    }),
  })
}
