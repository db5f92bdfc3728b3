import { listable, openAiList, rawOpenAiModel } from '../../engine/wire/open-webui/openai-list.ts'
import type { Exchange } from '../exchange.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { memberAt } from './connection-family.ts'
import { openAiSources } from './list-sources.ts'

/** GET /openai/models[/{i}]: merged from what is known, or what one server lists now. */
export function openAiModels(exchange: Exchange, index: number | null): Promise<void> | void {
  const { engine } = exchange.gateway
  if (index === null) return sendJson(exchange, 200, { data: openAiList(openAiSources(engine)) })
  const { connection } = memberAt(engine, 'openai', index)
  return forClient(exchange, async (signal) => {
    const models = await connection.adapter.listModels(signal)
    const data = listable(models, connection.config?.baseUrl ?? '').map(rawOpenAiModel)
    sendJson(exchange, 200, { object: 'list', data })
  })
}
