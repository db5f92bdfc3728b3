import type { Engine } from '../../engine/spec/engine.ts'
import type { UpstreamModel } from '../../engine/spec/provider-adapter.ts'
import { ollamaProcesses } from '../../engine/wire/ollama/model-list.ts'
import { NEVER_EXPIRES, ollamaTimestamp } from '../../engine/wire/ollama/timestamps.ts'
import { type Member, members, prefixOf } from '../open-webui/connection-family.ts'
import { upstreamOf } from './upstream-of.ts'

/**
 * How long a list of what runs waits for one server, ms; then what is known of it counts, which is as old as its last look.
 * No list may be held up by a slow server: they answer within 100 ms.
 */
const ASK_MS = 60

/** An entry of /api/ps as a server wrote it; `model` has the connection's prefix, `name` does not. */
export type Process = Record<string, unknown> & { name: string; model: string }

/** What runs on each Ollama connection. Servers are asked now; one that does not answer in time shows what is known. */
export function runningOn(engine: Engine, signal: AbortSignal): Promise<{ member: Member; processes: Process[] }[]> {
  return Promise.all(
    members(engine, 'ollama').map(async (member) => ({ member, processes: await processesOf(engine, member, signal) })),
  )
}

/** What runs anywhere: in this process and on all Ollama connections; each model once. */
export async function allProcesses(engine: Engine, signal: AbortSignal): Promise<Process[]> {
  const own = ollamaProcesses(engine.runtime.files(), (id) => engine.catalog.find(id)) as { models: Process[] }
  const byName = new Map<string, Process>(own.models.map((process) => [process.model, process]))
  for (const { processes } of await runningOn(engine, signal)) {
    for (const process of processes)
      if (!byName.has(process.model)) byName.set(process.model, { ...process, name: process.model })
  }
  return [...byName.values()]
}

async function processesOf(engine: Engine, member: Member, signal: AbortSignal): Promise<Process[]> {
  const { connection } = member
  const health = engine.connections.get(connection.id)?.health
  if (health?.state === 'down' || health?.state === 'auth-failed') return knownProcesses(engine, member)
  try {
    const answer = await upstreamOf(connection).json({
      method: 'GET',
      path: '/api/ps',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]),
    })
    return listOf(answer).map((entry) => withPrefix(entry, prefixOf(connection)))
  } catch (error) {
    signal.throwIfAborted()
    engine.log.debug({ err: error, connection: connection.name }, 'what runs on a connection is told from memory')
    return knownProcesses(engine, member)
  }
}

function knownProcesses(engine: Engine, { connection }: Member): Process[] {
  const models = engine.catalog.snapshot(connection.id)?.models ?? []
  return models.filter(({ loaded }) => loaded).map((model) => withPrefix(toProcess(model), prefixOf(connection)))
}

function toProcess(model: UpstreamModel): Process {
  const { upstreamModel, sizeBytes, digest, expiresAt, vramBytes, contextLength } = model
  return {
    name: upstreamModel,
    model: upstreamModel,
    size: sizeBytes ?? 0,
    digest,
    details: model.raw?.details ?? {},
    expires_at: expiresAt == null ? NEVER_EXPIRES : ollamaTimestamp(expiresAt),
    size_vram: vramBytes ?? 0,
    ...(contextLength === null ? {} : { context_length: contextLength }),
  }
}

/** The `models` of a server's list that have a name. */
function listOf(answer: unknown): Process[] {
  const { models } = (answer ?? {}) as { models?: unknown }
  if (!Array.isArray(models)) return []
  return models.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return []
    const { name, model } = entry as Record<string, unknown>
    const said = typeof model === 'string' ? model : name
    return typeof said === 'string' ? [{ ...entry, name: typeof name === 'string' ? name : said, model: said }] : []
  })
}

function withPrefix(process: Process, prefix: string): Process {
  return prefix === '' ? process : { ...process, model: prefix + process.model }
}
