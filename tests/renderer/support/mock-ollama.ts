import type { ConnectionView } from '#shared/connections.ts'
import type { Job, OllamaModel } from '#shared/jobs.ts'
import type { MockEngine } from './mock-engine.ts'
import { ollamaDetails, someJob } from './ollama-samples.ts'

interface OllamaHolder {
  connections: ConnectionView[]
  ollamaModels: OllamaModel[]
  jobs: Job[]
}

/** The Ollama and jobs parts of an engine in memory: every server has the same models; jobs do only what they are told. */
export function serveOllama(state: OllamaHolder, on: MockEngine['on'], emit: MockEngine['emit']): void {
  let made = 0
  function putJob(job: Job): Job {
    const known = state.jobs.some(({ id }) => id === job.id)
    state.jobs = known ? state.jobs.map((one) => (one.id === job.id ? job : one)) : [job, ...state.jobs]
    emit({ type: 'jobs:changed' })
    return job
  }
  function job(id: string): Job {
    const found = state.jobs.find((one) => one.id === id)
    if (found === undefined) throw new Error(`The mock engine has no job ${id}`)
    return found
  }
  function begin(kind: Job['kind'], input: { connectionId: string; model?: string }): Job {
    made += 1
    return putJob(
      someJob(`made-${made}`, {
        kind,
        connectionId: input.connectionId,
        connectionName: state.connections.find(({ id }) => id === input.connectionId)?.title ?? input.connectionId,
        model: input.model ?? '',
        phase: '',
        completedBytes: null,
        totalBytes: null,
        bytesPerSecond: null,
        secondsLeft: null,
        createdAt: Date.now(),
      }),
    )
  }
  function change(models: OllamaModel[]): void {
    state.ollamaModels = models
    emit({ type: 'models:changed' })
  }
  on('ollama.models', () => state.ollamaModels)
  on('ollama.details', ({ model }: { model: string }) => ollamaDetails(model))
  on('ollama.unload', ({ model }: { model: string }) =>
    change(state.ollamaModels.map((one) => (one.name === model ? { ...one, running: null } : one))),
  )
  on('ollama.copy', ({ source, destination }: { source: string; destination: string }) => {
    const model = state.ollamaModels.find(({ name }) => name === source)
    if (model === undefined) throw new Error(`The mock engine has no model ${source}`)
    change([...state.ollamaModels.filter(({ name }) => name !== destination), { ...model, name: destination }])
  })
  on('ollama.remove', ({ model }: { model: string }) => change(state.ollamaModels.filter(({ name }) => name !== model)))
  on('jobs.list', () => state.jobs)
  on('jobs.pull', (input: { connectionId: string; model: string }) => begin('pull', input))
  on('jobs.push', (input: { connectionId: string; model: string }) => begin('push', input))
  on('jobs.create', (input: { connectionId: string; model: string }) => begin('create', input))
  on('jobs.upload', (input: { connectionId: string; model: string }) => begin('upload', input))
  on('jobs.updateAll', (input: { connectionId: string }) => begin('update-all', input))
  on('jobs.cancel', ({ id }: { id: string }) => {
    putJob({ ...job(id), state: 'cancelled', bytesPerSecond: null, secondsLeft: null, endedAt: Date.now() })
  })
  on('jobs.resume', ({ id }: { id: string }) => putJob({ ...job(id), state: 'running', error: null, endedAt: null }))
  on('jobs.dismiss', ({ id }: { id: string }) => {
    state.jobs = state.jobs.filter((one) => one.id !== id)
    emit({ type: 'jobs:changed' })
  })
}
