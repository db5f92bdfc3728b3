import { z } from 'zod'
import { callerOf } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { sendJson } from '../respond.ts'
import { forClient } from '../run-answer.ts'
import { askServer } from './ask-server.ts'
import {
  configsByIndex,
  configsField,
  configure,
  configured,
  urlsField,
  withUnsaved,
} from './configured-connections.ts'
import { ownListOf } from './own-list.ts'
import { readForm } from './read-form.ts'

const updateSchema = z.object({
  ENABLE_OPENAI_API: z.boolean().nullish(),
  OPENAI_API_BASE_URLS: urlsField,
  OPENAI_API_KEYS: z.array(z.string().max(16_384)).max(1000),
  OPENAI_API_CONFIGS: configsField,
})
const verifySchema = z.object({
  url: z.string().min(1).max(2048),
  key: z.string().nullish(),
  config: z.record(z.string(), z.unknown()).nullish(),
})

/** GET /openai/config. Keys are masks, never the keys themselves; a mask that is sent back keeps its key. */
export function openAiConfig(exchange: Exchange): void {
  const { engine } = exchange.gateway
  const views = configured(engine, 'openai')
  sendJson(exchange, 200, {
    ENABLE_OPENAI_API: engine.connections.familyEnabled('openai'),
    OPENAI_API_BASE_URLS: views.map(({ config }) => config?.baseUrl ?? ''),
    OPENAI_API_KEYS: views.map(({ keys }) => keys[0]?.mask ?? ''),
    OPENAI_API_CONFIGS: configsByIndex(views),
  })
}

/** POST /openai/config/update. Keys are filled up or cut to the number of addresses. */
export async function updateOpenAiConfig(exchange: Exchange): Promise<void> {
  const body = await readForm(exchange, updateSchema)
  const { engine } = exchange.gateway
  await configure(engine, 'openai', {
    enabled: body.ENABLE_OPENAI_API ?? null,
    urls: body.OPENAI_API_BASE_URLS,
    keys: body.OPENAI_API_KEYS,
    configs: body.OPENAI_API_CONFIGS ?? {},
  })
  openAiConfig(exchange)
}

/** POST /openai/verify: the server's own list of models, or its refusal with its status. */
export async function verifyOpenAi(exchange: Exchange): Promise<void> {
  const { url, key, config } = await readForm(exchange, verifySchema)
  return forClient(exchange, async (signal) => {
    const given = { url, key: key ?? '', entry: config ?? null }
    const { context } = callerOf(exchange, 'openai')
    const answer = await withUnsaved(exchange.gateway.engine, 'openai', given, (connection) =>
      askServer(exchange, connection, signal, (bounded) => ownListOf(connection, bounded, context)),
    )
    sendJson(exchange, 200, answer)
  })
}
