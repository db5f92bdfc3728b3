import type { Clock } from '../spec/clock.ts'
import type { ConnectionSet } from '../spec/connections.ts'
import { isEngineError } from '../spec/engine-error.ts'
import type { OllamaServers } from '../spec/jobs.ts'
import { systemClock } from '../spec/system-clock.ts'
import type { Upstream, UpstreamRequest } from '../spec/upstream.ts'
import { readDetails, readModelList, readRunning } from './ollama-answers.ts'
import { ollamaConnection } from './ollama-connection.ts'
import { readToEnd } from './read-to-end.ts'

interface OllamaServersOptions {
  connectionSet: ConnectionSet
  /** Looks at a connection's models again. Never rejects. */
  catalogRefresh(connectionId: string): Promise<void>
  clock?: Pick<Clock, 'now'>
}

/** Work on Ollama servers that ends at once. Every change is seen in the catalog when it resolves. */
export function createOllamaServers(options: OllamaServersOptions): OllamaServers {
  const { connectionSet, catalogRefresh, clock = systemClock } = options
  const server = (id: string): Upstream => ollamaConnection(connectionSet, id).upstream

  async function change(connectionId: string, request: Pick<UpstreamRequest, 'method' | 'path'>, body: object) {
    const upstream = server(connectionId)
    await readToEnd(await upstream.open({ ...request, body: JSON.stringify(body), signal: never() }))
    await catalogRefresh(connectionId)
  }

  return {
    async models(connectionId, signal = never()) {
      const upstream = server(connectionId)
      const [installed, running] = await Promise.all([
        upstream.json({ method: 'GET', path: '/api/tags', signal }),
        runningModels(upstream, signal),
      ])
      const loaded = readRunning(running, clock.now())
      return readModelList(installed).map((model) => ({ ...model, running: loaded.get(model.name) ?? null }))
    },
    async details(connectionId, model, signal = never()) {
      const body = JSON.stringify({ model })
      return readDetails(model, await server(connectionId).json({ method: 'POST', path: '/api/show', body, signal }))
    },
    unload: (connectionId, model) =>
      change(connectionId, { method: 'POST', path: '/api/generate' }, { model, keep_alive: 0, stream: false }),
    copy: (connectionId, source, destination) =>
      change(connectionId, { method: 'POST', path: '/api/copy' }, { source, destination }),
    remove: (connectionId, model) => change(connectionId, { method: 'DELETE', path: '/api/delete' }, { model }),
  }
}

/** Servers from before /api/ps say that there is no such page: then nothing is known to run. */
async function runningModels(upstream: Upstream, signal: AbortSignal): Promise<unknown> {
  try {
    return await upstream.json({ method: 'GET', path: '/api/ps', signal })
  } catch (error) {
    if (isEngineError(error) && error.upstream?.status === 404) return { models: [] }
    throw error
  }
}

function never(): AbortSignal {
  return new AbortController().signal
}
