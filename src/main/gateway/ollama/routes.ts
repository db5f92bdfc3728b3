import { z } from 'zod'
import { EngineError } from '../../engine/spec/engine-error.ts'
import { ollamaProcesses, ollamaTags } from '../../engine/wire/ollama/model-list.ts'
import { modelField, requireModel } from '../../engine/wire/ollama/request-fields.ts'
import { ollamaShow } from '../../engine/wire/ollama/show.ts'
import { parseRequest } from '../../engine/wire/parse-request.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'
import { sendJson } from '../respond.ts'
import type { Handler, Routes } from '../router.ts'
import { chat, generate } from './answers.ts'
import { embed, embeddings } from './embed.ts'
import { findModel, runtimeId } from './load-model.ts'

/** The Ollama release whose API these routes speak: clients switch features on by it (`switchyard` tells our own). */
const API_LEVEL = '0.13.5'

/** The Ollama dialect, below /api. */
export const ollamaRoutes: Routes = {
  'GET /api/version': version,
  'GET /api/tags': (exchange) => sendJson(exchange, 200, ollamaTags(exchange.gateway.engine.catalog.list())),
  'GET /api/ps': processes,
  'POST /api/show': show,
  'POST /api/chat': chat,
  'POST /api/generate': generate,
  'POST /api/embed': embed,
  'POST /api/embeddings': embeddings,
  'POST /api/pull': notYet('Pulling models'),
  'POST /api/push': notYet('Pushing models'),
  'POST /api/create': notYet('Creating models'),
  'POST /api/copy': notYet('Copying models'),
  'DELETE /api/delete': notYet('Deleting models'),
  'HEAD /api/blobs/*': notYet('Model blobs'),
  'POST /api/blobs/*': notYet('Model blobs'),
}

const showSchema = z.object({ model: modelField, name: modelField })

async function version(exchange: Exchange): Promise<void> {
  sendJson(exchange, 200, { version: API_LEVEL, switchyard: await exchange.gateway.version() })
}

function processes(exchange: Exchange): void {
  const { runtime, catalog } = exchange.gateway.engine
  sendJson(
    exchange,
    200,
    ollamaProcesses(runtime.files(), (id) => catalog.find(id)),
  )
}

async function show(exchange: Exchange): Promise<void> {
  const body = parseRequest(showSchema, await readJsonBody(exchange))
  exchange.model = requireModel(body.model || body.name)
  const { engine } = exchange.gateway
  const model = findModel(engine, exchange.model)
  const id = runtimeId(model)
  sendJson(exchange, 200, ollamaShow(model, id === null ? null : await engine.runtime.details(id)))
}

function notYet(what: string): Handler {
  return () => {
    throw new EngineError('unsupported', `${what} through this API is not available in Switchyard yet`, { status: 501 })
  }
}
