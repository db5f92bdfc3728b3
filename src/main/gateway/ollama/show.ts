import { toEngineError } from '../../engine/spec/engine-error.ts'
import { isAdmin } from '../../engine/spec/principal.ts'
import { requireModel } from '../../engine/wire/ollama/request-fields.ts'
import { ollamaShow } from '../../engine/wire/ollama/show.ts'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'
import { type Holder, holders } from '../open-webui/connection-family.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { holdersNow } from './choose-server.ts'
import { findModel, runtimeId } from './load-model.ts'
import { upstreamOf } from './upstream-of.ts'

/** POST /api/show for any model: from its Ollama server if one holds it, else from what is known here. */
export async function show(exchange: Exchange): Promise<void> {
  const body = await readShow(exchange)
  const { engine } = exchange.gateway
  return forClient(exchange, async (signal) => {
    // It may have come to a server since that was looked at.
    if (engine.catalog.find(body.model) === null) await holdersNow(exchange, body.model)
    const model = findModel(exchange, body.model)
    const id = runtimeId(model)
    const servers = id === null ? holders(engine, 'ollama', model.id) : []
    if (servers.length > 0) return sendShow(exchange, servers, body, signal)
    sendJson(
      exchange,
      200,
      ollamaShow(model, id === null ? null : await engine.runtime.details(id), isAdmin(exchange.principal)),
    )
  })
}

/** A body of /api/show with its model's name. The rest of it is for the server. */
export async function readShow(exchange: Exchange): Promise<Record<string, unknown> & { model: string }> {
  const json = await readJsonBody(exchange)
  const body: Record<string, unknown> =
    typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : {}
  const said = body.model || body.name
  exchange.model = requireModel(typeof said === 'string' ? said : null)
  delete body.name
  return { ...body, model: exchange.model }
}

/** Sends what the first of these servers that answers says about the model. */
export async function sendShow(
  exchange: Exchange,
  servers: readonly Holder[],
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<void> {
  const { connection, answer } = await firstAnswer(exchange, servers, body, signal)
  sendJson(exchange, 200, answer, { 'X-Switchyard-Connection': connection.id, 'X-Switchyard-Place': connection.place })
}

async function firstAnswer(
  exchange: Exchange,
  [server, ...others]: readonly Holder[],
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<{ connection: Holder['connection']; answer: unknown }> {
  if (server === undefined) throw new Error('a model without holders was to be shown')
  const { connection, upstreamModel } = server
  try {
    const text = JSON.stringify({ ...body, model: upstreamModel })
    const { context } = callerOf(exchange, 'ollama')
    const answer = await upstreamOf(connection).json({
      method: 'POST',
      path: '/api/show',
      body: text,
      signal,
      ...(context === undefined ? {} : { context }),
    })
    return { connection, answer }
  } catch (error) {
    if (others.length === 0 || signal.aborted) throw error
    exchange.gateway.engine.log.warn(
      { connection: connection.name, reason: toEngineError(error).message },
      'another server is asked',
    )
    return firstAnswer(exchange, others, body, signal)
  }
}
