import type { ConnectionFamily } from '../../engine/spec/connections.ts'
import type { RouteOptions } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import type { Exchange } from '../exchange.ts'
import { type JsonBody, readBody } from '../json-body.ts'
import { within } from './connection-family.ts'
import type { WebUiHandler } from './route-table.ts'

/** Answers a request of one of the dialects, with what limits where it may run. */
type Answer = (exchange: Exchange, options: RouteOptions, body: JsonBody) => Promise<void>

/** A dialect's route that only a family of connections may answer, or its connection at the path's index. */
export function withinFamily(family: ConnectionFamily, answer: Answer): WebUiHandler {
  return async (exchange, index) => {
    const body = await readBody(exchange)
    const model = modelOf(body.json)
    exchange.model = model
    return answer(exchange, await within(exchange, family, index, model), body)
  }
}

function modelOf(json: unknown): string {
  const model = typeof json === 'object' && json !== null ? (json as { model?: unknown }).model : null
  if (typeof model === 'string' && model !== '') return model
  throw new EngineError('invalid_request', "Missing required parameter: 'model'.", { param: 'model' })
}
