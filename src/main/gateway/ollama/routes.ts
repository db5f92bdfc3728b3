import type { Exchange } from '../exchange.ts'
import { readBody } from '../json-body.ts'
import { withProcessTime } from '../open-webui/process-time.ts'
import { embeddings as openAiEmbeddings } from '../openai/answers.ts'
import { inDialect, sendJson } from '../respond.ts'
import type { Routes } from '../router.ts'
import { forClient } from '../run-answer.ts'
import { account } from './account.ts'
import { chat, generate } from './answers.ts'
import { hasBlob, putBlob } from './blobs.ts'
import { create } from './create-model.ts'
import { embed, embeddings } from './embed.ts'
import { copy, pull, push, remove } from './manage-models.ts'
import { allProcesses } from './processes.ts'
import { show } from './show.ts'
import { tags } from './tags.ts'

/** The Ollama release whose API these routes speak: clients switch features on by it (`switchyard` tells our own). */
const API_LEVEL = '0.13.5'

/**
 * The Ollama dialect, below /api. Models are those that the caller may use; what manages models (pull, push, create, copy,
 * delete, blobs) goes to the Ollama connection that holds the model, else to the first one.
 */
export const ollamaRoutes: Routes = {
  'GET /api/version': version,
  'GET /api/tags': tags,
  'GET /api/ps': processes,
  'POST /api/show': show,
  'POST /api/chat': (exchange) => chat(exchange),
  'POST /api/generate': (exchange) => generate(exchange),
  'POST /api/embed': (exchange) => embed(exchange),
  'POST /api/embeddings': eitherEmbeddings,
  'POST /api/pull': pull,
  'POST /api/push': push,
  'POST /api/create': create,
  'POST /api/copy': copy,
  'DELETE /api/delete': remove,
  'HEAD /api/blobs/*': hasBlob,
  'POST /api/blobs/*': putBlob,
  'POST /api/me': account('/api/me'),
  'POST /api/signout': account('/api/signout'),
}

async function version(exchange: Exchange): Promise<void> {
  sendJson(exchange, 200, { version: API_LEVEL, switchyard: await exchange.gateway.version() })
}

function processes(exchange: Exchange): Promise<void> {
  return forClient(exchange, async (signal) => {
    const { engine } = exchange.gateway
    const models = await allProcesses(engine, signal)
    sendJson(exchange, 200, { models: models.filter(({ model }) => engine.access.mayUse(exchange.principal, model)) })
  })
}

/** Two calls share this path: Ollama's older one has a `prompt`, Open WebUI's has OpenAI's `input`. */
async function eitherEmbeddings(exchange: Exchange): Promise<void> {
  const body = await readBody(exchange)
  const { json } = body
  const isOpenAi = typeof json === 'object' && json !== null && 'input' in json && !('prompt' in json)
  if (!isOpenAi) return embeddings(exchange, {}, body)
  withProcessTime(exchange)
  return inDialect(exchange, 'webui-chat', (webUi) => openAiEmbeddings(webUi, {}, body))
}
