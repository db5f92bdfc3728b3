import { z } from 'zod'
import { EngineError, toEngineError } from '../../engine/spec/engine-error.ts'
import { SERVER_CONNECTION_ERROR, upstreamStatus, upstreamWords } from '../../engine/wire/open-webui/error-answer.ts'
import type { Exchange } from '../exchange.ts'
import { upstreamOf } from '../ollama/upstream-of.ts'
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
import { readForm } from './read-form.ts'

const updateSchema = z.object({
  ENABLE_OLLAMA_API: z.boolean().nullish(),
  OLLAMA_BASE_URLS: urlsField,
  OLLAMA_API_CONFIGS: configsField,
})
const verifySchema = z.object({ url: z.string().min(1).max(2048), key: z.string().nullish() })

/** GET, HEAD /ollama/ */
export function ollamaStatus(exchange: Exchange): void {
  sendJson(exchange, 200, { status: true })
}

/** GET /ollama/config */
export function ollamaConfig(exchange: Exchange): void {
  const { engine } = exchange.gateway
  const views = configured(engine, 'ollama')
  sendJson(exchange, 200, {
    ENABLE_OLLAMA_API: engine.connections.familyEnabled('ollama'),
    OLLAMA_BASE_URLS: views.map(({ config }) => config?.baseUrl ?? ''),
    OLLAMA_API_CONFIGS: configsByIndex(views),
  })
}

/** POST /ollama/config/update */
export async function updateOllamaConfig(exchange: Exchange): Promise<void> {
  const body = await readForm(exchange, updateSchema)
  const { engine } = exchange.gateway
  await configure(engine, 'ollama', {
    enabled: body.ENABLE_OLLAMA_API ?? null,
    urls: body.OLLAMA_BASE_URLS,
    configs: body.OLLAMA_API_CONFIGS ?? {},
  })
  ollamaConfig(exchange)
}

/** POST /ollama/verify: the server's own /api/version. */
export async function verifyOllama(exchange: Exchange): Promise<void> {
  const { url, key } = await readForm(exchange, verifySchema)
  return forClient(exchange, async (signal) => {
    const given = { url, key: key ?? '', entry: key ? { key } : null }
    const answer = await withUnsaved(exchange.gateway.engine, 'ollama', given, async (connection) => {
      try {
        return await askServer(exchange, connection, signal, (bounded) =>
          upstreamOf(connection).json({ method: 'GET', path: '/api/version', signal: bounded }),
        )
      } catch (error) {
        throw verifyError(error)
      }
    })
    sendJson(exchange, 200, answer)
  })
}

/** In Open WebUI's words, with the server's own or ours as the reason. */
function verifyError(thrown: unknown): EngineError {
  const error = toEngineError(thrown)
  if (error.code === 'aborted') return error
  const status = upstreamStatus(error)
  if (status === null) {
    return new EngineError('upstream_error', SERVER_CONNECTION_ERROR, {
      status: 500,
      cause: error,
      detail: error.message,
    })
  }
  const words = upstreamWords(error)
  const text = `Unexpected error: ${words === null ? `HTTP Error: ${status}` : `External Error: ${words}`}`
  return new EngineError('upstream_error', text, { status: 500, cause: error })
}
