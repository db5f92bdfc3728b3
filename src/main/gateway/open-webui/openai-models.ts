import { isAdmin } from '../../engine/spec/principal.ts'
import { listable, openAiList, rawOpenAiModel } from '../../engine/wire/open-webui/openai-list.ts'
import type { Exchange } from '../exchange.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { memberAt, prefixOf } from './connection-family.ts'
import { entriesForCaller } from './family-lists.ts'
import { openAiSources } from './list-sources.ts'

/** GET /openai/models[/{i}]: merged from what is known, or what one server lists now; what the caller may use of it. */
export function openAiModels(exchange: Exchange, index: number | null): Promise<void> | void {
  const { engine } = exchange.gateway
  if (index === null) return sendJson(exchange, 200, { data: mergedFor(exchange) })
  const { connection } = memberAt(engine, 'openai', index)
  const prefix = prefixOf(connection)
  return forClient(exchange, async (signal) => {
    const models = await connection.adapter.listModels(signal)
    const listed = listable(models, connection.config?.baseUrl ?? '').filter(
      ({ upstreamModel }) =>
        isAdmin(exchange.principal) || engine.access.mayUse(exchange.principal, prefix + upstreamModel),
    )
    sendJson(exchange, 200, { object: 'list', data: listed.map(rawOpenAiModel) })
  })
}

function mergedFor(exchange: Exchange): Record<string, unknown>[] {
  return entriesForCaller(
    exchange,
    openAiList(openAiSources(exchange.gateway.engine)),
    ({ id }) => String(id),
    (entry, face) => ({ ...entry, ...face }),
  )
}
