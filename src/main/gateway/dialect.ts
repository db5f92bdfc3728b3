import type { EngineError } from '../engine/spec/engine-error.ts'
import { toPublicError } from '../engine/spec/engine-error.ts'
import { anthropicErrorBody } from '../engine/wire/anthropic/error-body.ts'
import { ollamaErrorBody } from '../engine/wire/ollama/error-body.ts'
import { type WebUiErrorRule, webUiErrorAnswer } from '../engine/wire/open-webui/error-answer.ts'
import { openAiErrorBody } from '../engine/wire/openai/error-body.ts'

/**
 * How a client is spoken to; `own` is our own paths (UI, health, upload). The three `webui` dialects are Open WebUI's:
 * they differ in how errors are told (see WebUiErrorRule).
 */
export type Dialect = 'openai' | 'ollama' | 'anthropic' | 'webui' | 'webui-chat' | 'webui-proxy' | 'own'

/** Paths of the Open WebUI-compatible API (`/models` are its documents' aliases), with what is below them. */
const WEB_UI_PATHS = ['/ollama', '/api/v1', '/api/models', '/api/config', '/api/usage', '/models']
const ANTHROPIC_PATHS = ['/v1/messages', '/api/message', '/api/v1/messages']
const WEB_UI_CHAT_PATHS = new Set(['/api/chat/completions', '/api/v1/chat/completions', '/api/v1/embeddings'])

/** The dialect that a path belongs to; it decides the shape of errors, also for paths that do not exist (see `spokenDialect`). */
export function dialectOf(path: string): Dialect {
  if (ANTHROPIC_PATHS.some((prefix) => isAt(prefix, path))) return 'anthropic'
  if (isAt('/v1', path)) return 'openai'
  if (WEB_UI_CHAT_PATHS.has(path)) return 'webui-chat'
  if (isAt('/openai', path)) return 'webui-proxy'
  if (WEB_UI_PATHS.some((prefix) => isAt(prefix, path))) return 'webui'
  if (isAt('/api', path)) return 'ollama'
  return 'own'
}

/** Whether a path is this one or below it. */
export function isAt(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
}

/** An error's status and JSON body. `model` is the requested model's name where it is known. */
export function errorAnswer(
  dialect: Dialect,
  error: EngineError,
  model: string | null,
  requestId: string,
): { status: number; body: string } {
  const rule = webUiRule(dialect)
  if (rule !== null) return webUiErrorAnswer(rule, error, model)
  return { status: error.status, body: errorBody(dialect, error, model, requestId) }
}

/** An error's JSON body. */
export function errorBody(dialect: Dialect, error: EngineError, model: string | null, requestId: string): string {
  switch (dialect) {
    case 'openai':
      return openAiErrorBody(error)
    case 'ollama':
      return ollamaErrorBody(error, model)
    case 'anthropic':
      return anthropicErrorBody(error, requestId)
    case 'webui':
    case 'webui-chat':
    case 'webui-proxy':
      return errorAnswer(dialect, error, model, requestId).body
    case 'own':
      return JSON.stringify({ error: toPublicError(error, requestId) })
  }
}

function webUiRule(dialect: Dialect): WebUiErrorRule | null {
  switch (dialect) {
    case 'webui':
      return 'detail'
    case 'webui-chat':
      return 'chat'
    case 'webui-proxy':
      return 'proxy'
    default:
      return null
  }
}
