import { EngineError } from '../../engine/spec/engine-error.ts'
import { isAdmin } from '../../engine/spec/principal.ts'
import type { UpstreamResponse } from '../../engine/spec/upstream.ts'
import { type OllamaListEntry, ollamaList } from '../../engine/wire/open-webui/ollama-list.ts'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { type Process, runningOn } from '../ollama/processes.ts'
import { upstreamOf } from '../ollama/upstream-of.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { askServer } from './ask-server.ts'
import { bareName, memberAt, members } from './connection-family.ts'
import { entriesForCaller } from './family-lists.ts'
import { modelOf, ollamaSources } from './list-sources.ts'

/** How long the version of one server is waited for, ms. */
const ASK_MS = 1_000
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/**
 * GET /ollama/api/tags[/{i}]: merged from what is known, or one server's own list. Of that, people who are not
 * administrators get what they may use, as it is known.
 */
export function ollamaTags(exchange: Exchange, index: number | null): Promise<void> | void {
  if (index === null) return sendJson(exchange, 200, { models: mergedFor(exchange, null) })
  if (isAdmin(exchange.principal)) return ownAnswer(exchange, index, '/api/tags')
  const { gateway, principal } = exchange
  const { connection } = memberAt(gateway.engine, 'ollama', index)
  const { engine } = gateway
  const sources = ollamaSources(engine).filter((source) => source.index === index)
  const models = ollamaList(sources, modelOf(engine))
    .filter(({ model }) => engine.access.mayUse(principal, model))
    .map((entry) => ({ ...entry, model: bareName(connection, entry.model) }))
  sendJson(exchange, 200, { models })
}

/** GET /ollama/api/ps: what runs on any of the servers. */
export function ollamaRunning(exchange: Exchange): Promise<void> | void {
  const { engine } = exchange.gateway
  if (!engine.connections.familyEnabled('ollama')) return sendJson(exchange, 200, { models: [] })
  return forClient(exchange, async (signal) => {
    const byModel = new Map<string, Process & { urls: number[] }>()
    for (const { member, processes } of await runningOn(engine, signal)) {
      for (const process of processes) {
        const known = byModel.get(process.model)
        if (known === undefined) byModel.set(process.model, { ...process, urls: [member.index] })
        else known.urls.push(member.index)
      }
    }
    sendJson(exchange, 200, { models: [...byModel.values()] })
  })
}

/** GET /ollama/api/version[/{i}]: the lowest version of all servers, or one server's own answer. */
export function ollamaVersion(exchange: Exchange, index: number | null): Promise<void> | void {
  const { engine } = exchange.gateway
  if (!engine.connections.familyEnabled('ollama')) return sendJson(exchange, 200, { version: false })
  if (index !== null) return ownAnswer(exchange, index, '/api/version')
  return forClient(exchange, async (signal) => {
    const asked = members(engine, 'ollama').map(async ({ connection }) => {
      const { state, version } = engine.connections.get(connection.id)?.health ?? {}
      if (state === 'down') return null
      return version ?? (await askVersion(exchange, connection, signal))
    })
    const versions = (await Promise.all(asked)).filter((version) => version !== null)
    versions.sort(compareVersions)
    if (versions[0] === undefined) {
      throw new EngineError('upstream_error', 'WebUI could not connect to Ollama', { status: 500 })
    }
    sendJson(exchange, 200, { version: versions[0] })
  })
}

/** GET /ollama/v1/models[/{i}] */
export function ollamaOpenAiModels(exchange: Exchange, index: number | null): void {
  const { engine } = exchange.gateway
  if (index !== null) memberAt(engine, 'ollama', index)
  const created = Math.floor(Date.now() / 1000)
  const data = mergedFor(exchange, index).map(({ model }) => ({
    id: model,
    object: 'model',
    created,
    owned_by: 'openai',
  }))
  sendJson(exchange, 200, { object: 'list', data })
}

/** The merged list, of one connection where it is named, as the caller may see it. */
function mergedFor(exchange: Exchange, index: number | null): OllamaListEntry[] {
  const { engine } = exchange.gateway
  const sources = ollamaSources(engine)
  return entriesForCaller(
    exchange,
    ollamaList(index === null ? sources : sources.filter((source) => source.index === index), modelOf(engine)),
    ({ model }) => model,
    (entry, { id, name }) => ({ ...entry, name, model: id }),
  )
}

/** What one server answers itself, word for word. It is read to its end first, so that one without an end can be told. */
function ownAnswer(exchange: Exchange, index: number, path: string): Promise<void> {
  const { connection } = memberAt(exchange.gateway.engine, 'ollama', index)
  return forClient(exchange, async (signal) => {
    const { context } = callerOf(exchange, 'ollama')
    const { type, body } = await askServer(exchange, connection, signal, async (bounded) => {
      const asked = { method: 'GET' as const, path, signal: bounded, ...(context === undefined ? {} : { context }) }
      const answer = await upstreamOf(connection).open(asked)
      return { type: answer.headers['content-type'], body: await wholeBody(answer, connection.name) }
    })
    exchange.res.writeHead(200, {
      'X-Switchyard-Connection': connection.id,
      'X-Switchyard-Place': connection.place,
      ...(type === undefined ? {} : { 'Content-Type': type }),
    })
    exchange.res.end(body)
  })
}

async function wholeBody(answer: UpstreamResponse, title: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) throw new EngineError('upstream_error', `${title} answered with more than 64 MB.`)
    }
  } finally {
    answer.discard()
  }
  return Buffer.concat(chunks)
}

async function askVersion(
  exchange: Exchange,
  connection: Parameters<typeof upstreamOf>[0],
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const answer = await upstreamOf(connection).json({
      method: 'GET',
      path: '/api/version',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]),
    })
    const { version } = (answer ?? {}) as { version?: unknown }
    return typeof version === 'string' ? version : null
  } catch (error) {
    signal.throwIfAborted()
    exchange.gateway.engine.log.debug({ err: error, connection: connection.name }, 'a server did not tell its version')
    return null
  }
}

/** By its numbers; what follows them (`-rc1`) does not count. */
function compareVersions(left: string, right: string): number {
  const numbers = (version: string): number[] => (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0').split('.').map(Number)
  const [a, b] = [numbers(left), numbers(right)]
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
