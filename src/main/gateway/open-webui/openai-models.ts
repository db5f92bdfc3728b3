import { isAdmin } from '../../engine/spec/principal.ts'
import { keptOfOwnList, listable, openAiList } from '../../engine/wire/open-webui/openai-list.ts'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { askServer } from './ask-server.ts'
import { memberAt, prefixOf } from './connection-family.ts'
import { entriesForCaller } from './family-lists.ts'
import { modelOf, openAiSources } from './list-sources.ts'
import { ownListOf } from './own-list.ts'

/** GET /openai/models[/{i}]: merged from what is known, or what one server lists now; what the caller may use of it. */
export function openAiModels(exchange: Exchange, index: number | null): Promise<void> | void {
  const { principal, gateway } = exchange
  const { engine } = gateway
  if (index === null) return sendJson(exchange, 200, { data: mergedFor(exchange) })
  const { connection } = memberAt(engine, 'openai', index)
  const isListed = listable(connection.config?.baseUrl ?? '')
  const maySee = (id: string): boolean => engine.access.mayUse(principal, prefixOf(connection) + id)
  return forClient(exchange, async (signal) => {
    const { context } = callerOf(exchange, 'openai')
    const answer = await askServer(exchange, connection, signal, (bounded) => ownListOf(connection, bounded, context))
    const kept = keptOfOwnList(answer, (id) => isListed(id) && (isAdmin(principal) || maySee(id)))
    // What stands beside the list may tell of models, too.
    const { object, data, models } = kept
    sendJson(exchange, 200, isAdmin(principal) ? kept : { object: object ?? 'list', data: data ?? models ?? [] })
  })
}

function mergedFor(exchange: Exchange): Record<string, unknown>[] {
  const { engine } = exchange.gateway
  return entriesForCaller(
    exchange,
    openAiList(openAiSources(engine), modelOf(engine)),
    ({ id }) => String(id),
    (entry, face) => ({ ...entry, ...face }),
  )
}
