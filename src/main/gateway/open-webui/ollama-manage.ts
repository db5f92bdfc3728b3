import { z } from 'zod'
import { EngineError, toEngineError } from '../../engine/spec/engine-error.ts'
import { readCreate } from '../../engine/wire/open-webui/create-request.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'
import { holdersNow, serverAt } from '../ollama/choose-server.ts'
import { createModel } from '../ollama/create-model.ts'
import { followJob } from '../ollama/follow-job.ts'
import { readCopy, readModelName, readTransfer } from '../ollama/manage-models.ts'
import { requireReachable } from '../ollama/require-reachable.ts'
import { readShow, sendShow } from '../ollama/show.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { bareName, findInFamily, type Holder, holders, memberOrFirst, notFoundIn } from './connection-family.ts'
import { asForm, readForm } from './read-form.ts'

const unloadSchema = z.object({ model: z.string().nullish(), name: z.string().nullish() })

/** POST /ollama/api/unload: from every server that holds the model. */
export async function ollamaUnload(exchange: Exchange): Promise<void> {
  const body = await readForm(exchange, unloadSchema)
  const model = body.model || body.name
  if (!model) throw new EngineError('invalid_request', 'Missing name of the model to unload.', { param: 'model' })
  exchange.model = model
  return forClient(exchange, async () => {
    await unloadAll(exchange, await serversOf(exchange, model, null))
    sendJson(exchange, 200, { status: true })
  })
}

/** Unloads a model wherever these hold it. Throws Open WebUI's error with the reasons of all that failed. */
export async function unloadAll(exchange: Exchange, servers: readonly Holder[]): Promise<void> {
  const { ollamaServers } = exchange.gateway.engine
  const ends = await Promise.allSettled(
    servers.map(({ connection, upstreamModel }) => ollamaServers.unload(connection.id, upstreamModel)),
  )
  const failed = ends.flatMap((end, at) => {
    if (end.status === 'fulfilled') return []
    return [{ url_idx: servers[at]?.index, error: toEngineError(end.reason).message }]
  })
  if (failed.length === 0) return
  throw new EngineError(
    'upstream_error',
    `Failed to unload model on ${failed.length} nodes: ${JSON.stringify(failed)}`,
    { status: 500 },
  )
}

/** POST /ollama/api/pull[/{i}]: to the first connection unless one is named, whoever holds the model. */
export async function ollamaPull(exchange: Exchange, index: number | null): Promise<void> {
  const { model, insecure } = await asForm(() => readTransfer(exchange))
  const { engine } = exchange.gateway
  return followJob(exchange, true, async (signal) => {
    const { connection } = memberOrFirst(engine, 'ollama', index)
    const pulled = bareName(connection, model)
    await requireReachable(exchange, connection, { kind: 'pull', model: pulled }, signal)
    return engine.jobs.pull({ connectionId: connection.id, model: pulled, insecure })
  })
}

/** DELETE and POST /ollama/api/push[/{i}] */
export async function ollamaPush(exchange: Exchange, index: number | null): Promise<void> {
  const { model, insecure } = await asForm(() => readTransfer(exchange))
  const { engine } = exchange.gateway
  return followJob(exchange, true, async (signal) => {
    const [{ connection, upstreamModel }] = await serversOf(exchange, model, index)
    await requireReachable(exchange, connection, { kind: 'push', model: upstreamModel }, signal)
    return engine.jobs.push({ connectionId: connection.id, model: upstreamModel, insecure })
  })
}

/** POST /ollama/api/create[/{i}] */
export async function ollamaCreate(exchange: Exchange, index: number | null): Promise<void> {
  const request = await asForm(async () => readCreate(await readJsonBody(exchange)))
  return createModel(exchange, request, index, true)
}

/** POST /ollama/api/copy[/{i}] */
export async function ollamaCopy(exchange: Exchange, index: number | null): Promise<void> {
  const { source, destination } = await asForm(() => readCopy(exchange))
  return forClient(exchange, async () => {
    const [server] = await serversOf(exchange, source, index)
    const target = bareName(server.connection, destination)
    await exchange.gateway.engine.ollamaServers.copy(server.connection.id, server.upstreamModel, target)
    sendJson(exchange, 200, true)
  })
}

/** DELETE /ollama/api/delete[/{i}]: from one server, the first that holds the model. */
export async function ollamaDelete(exchange: Exchange, index: number | null): Promise<void> {
  const model = await asForm(() => readModelName(exchange))
  return forClient(exchange, async () => {
    const [server] = await serversOf(exchange, model, index)
    await exchange.gateway.engine.ollamaServers.remove(server.connection.id, server.upstreamModel)
    sendJson(exchange, 200, true)
  })
}

/** POST /ollama/api/show */
export async function ollamaShow(exchange: Exchange): Promise<void> {
  const body = await asForm(() => readShow(exchange))
  return forClient(exchange, async (signal) => {
    const base = await findInFamily(exchange, 'ollama', body.model)
    if (base === null) throw notFoundIn(body.model)
    await sendShow(exchange, holders(exchange.gateway.engine, 'ollama', base.id), body, signal)
  })
}

/** The server at `index`, or all that hold the model. Throws `model_not_found`. */
async function serversOf(exchange: Exchange, model: string, index: number | null): Promise<[Holder, ...Holder[]]> {
  const { engine } = exchange.gateway
  if (index !== null) return [serverAt(engine, model, index)]
  const [first, ...others] = await holdersNow(exchange, model)
  if (first !== undefined) return [first, ...others]
  throw notFoundIn(model)
}
