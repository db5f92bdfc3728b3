import { z } from 'zod'
import { modelField, requireModel } from '../../engine/wire/ollama/request-fields.ts'
import { parseRequest } from '../../engine/wire/parse-request.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'
import { bareName } from '../open-webui/connection-family.ts'
import { forClient } from '../run-answer.ts'
import { requireHolders, serverFor } from './choose-server.ts'
import { followJob } from './follow-job.ts'
import { requireReachable } from './require-reachable.ts'

const transferSchema = z.object({
  model: modelField,
  name: modelField,
  insecure: z.boolean().nullish(),
  stream: z.boolean().nullish(),
})
const copySchema = z.object({ source: modelField, destination: modelField })
const nameSchema = z.object({ model: modelField, name: modelField })

/** What a request to pull or push asks for. */
export interface TransferRequest {
  model: string
  insecure: boolean
  stream: boolean
}

/** Reads the body of /api/pull and /api/push. */
export async function readTransfer(exchange: Exchange): Promise<TransferRequest> {
  const body = parseRequest(transferSchema, await readJsonBody(exchange))
  exchange.model = requireModel(body.model || body.name)
  return { model: exchange.model, insecure: body.insecure ?? false, stream: body.stream ?? true }
}

/** Reads a body that names one model. */
export async function readModelName(exchange: Exchange): Promise<string> {
  const body = parseRequest(nameSchema, await readJsonBody(exchange))
  exchange.model = requireModel(body.model || body.name)
  return exchange.model
}

/** Reads the body of /api/copy. */
export async function readCopy(exchange: Exchange): Promise<{ source: string; destination: string }> {
  const body = parseRequest(copySchema, await readJsonBody(exchange))
  const source = requireModel(body.source)
  exchange.model = source
  return { source, destination: requireModel(body.destination) }
}

/** POST /api/pull */
export async function pull(exchange: Exchange): Promise<void> {
  const { model, insecure, stream } = await readTransfer(exchange)
  const { engine } = exchange.gateway
  return followJob(exchange, stream, async (signal) => {
    const { connection } = serverFor(engine, model, null)
    const pulled = bareName(connection, model)
    await requireReachable(exchange, connection, { kind: 'pull', model: pulled }, signal)
    return engine.jobs.pull({ connectionId: connection.id, model: pulled, insecure })
  })
}

/** POST /api/push */
export async function push(exchange: Exchange): Promise<void> {
  const { model, insecure, stream } = await readTransfer(exchange)
  const { engine } = exchange.gateway
  return followJob(exchange, stream, async (signal) => {
    const [{ connection, upstreamModel }] = await requireHolders(exchange, model)
    await requireReachable(exchange, connection, { kind: 'push', model: upstreamModel }, signal)
    return engine.jobs.push({ connectionId: connection.id, model: upstreamModel, insecure })
  })
}

/** POST /api/copy: the copy is made where the source is. */
export async function copy(exchange: Exchange): Promise<void> {
  const { source, destination } = await readCopy(exchange)
  const { engine } = exchange.gateway
  return forClient(exchange, async () => {
    const [{ connection, upstreamModel }] = await requireHolders(exchange, source)
    await engine.ollamaServers.copy(connection.id, upstreamModel, bareName(connection, destination))
    exchange.res.writeHead(200).end()
  })
}

/** DELETE /api/delete: from the first connection that holds it. */
export async function remove(exchange: Exchange): Promise<void> {
  const model = await readModelName(exchange)
  const { engine } = exchange.gateway
  return forClient(exchange, async () => {
    const [{ connection, upstreamModel }] = await requireHolders(exchange, model)
    await engine.ollamaServers.remove(connection.id, upstreamModel)
    exchange.res.writeHead(200).end()
  })
}
