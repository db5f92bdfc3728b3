import type { ErrorCode } from '#shared/error-codes.ts'
import type { EngineError } from '../../spec/engine-error.ts'
import { jsonLine } from '../json-text.ts'
import { upstreamErrorJson } from '../upstream-error-json.ts'

/** What Open WebUI's clients look for when its own way to a server failed; the body's `reason` says why. */
export const SERVER_CONNECTION_ERROR = 'Open WebUI: Server Connection Error'

/**
 * Open WebUI has three ways to tell an error, by path:
 * - `detail` (`/ollama`, configuration, lists): the upstream's status and its words below `detail`
 * - `chat` (`/api/chat/completions`, `/api/embeddings`): 400 with the words below `detail`
 * - `proxy` (`/openai`): the upstream's own status and body, word for word
 */
export type WebUiErrorRule = 'detail' | 'chat' | 'proxy'

export interface WebUiErrorAnswer {
  status: number
  /** JSON. */
  body: string
}

/** Failures on the way to an upstream, as opposed to what it answered. */
const TRANSPORT: ReadonlySet<ErrorCode> = new Set([
  'upstream_unavailable',
  'connect_timeout',
  'first_byte_timeout',
  'idle_timeout',
])

/** An error as Open WebUI answers it. `model` is the requested name where it is known. */
export function webUiErrorAnswer(rule: WebUiErrorRule, error: EngineError, model: string | null): WebUiErrorAnswer {
  switch (rule) {
    case 'detail':
      return detailRule(error, model)
    case 'chat':
      return chatRule(error)
    case 'proxy':
      return proxyRule(error)
  }
}

function detailRule(error: EngineError, model: string | null): WebUiErrorAnswer {
  const status = upstreamStatus(error)
  if (status !== null) {
    const words = upstreamWords(error)
    return words === null ? noConnection(status, error.message) : detail(status, words)
  }
  if (error.code === 'model_not_found' && model !== null) return detail(400, `Model '${model}' was not found`)
  if (TRANSPORT.has(error.code)) return detail(500, `Ollama: ${error.message}`)
  if (error.message === SERVER_CONNECTION_ERROR) return noConnection(error.status, error.detail)
  return detail(error.status, error.message)
}

function chatRule(error: EngineError): WebUiErrorAnswer {
  if (upstreamStatus(error) !== null) return detail(400, upstreamWords(error) ?? error.message)
  if (error.code === 'model_not_found') return detail(400, 'Model not found')
  if (TRANSPORT.has(error.code) || error.code === 'upstream_error') return detail(400, error.message)
  return detail(error.status, error.message)
}

function proxyRule(error: EngineError): WebUiErrorAnswer {
  const status = upstreamStatus(error)
  if (status !== null) {
    const body = upstreamErrorJson(error)
    return { status, body: jsonLine(body ?? { error: { message: error.message, code: error.code } }) }
  }
  // The reference has no name between the quotes; clients match on the whole text.
  if (error.code === 'model_not_found') return detail(404, "Model '' was not found")
  if (TRANSPORT.has(error.code)) return noConnection(500, error.message)
  return detail(error.status, error.message)
}

function detail(status: number, text: string): WebUiErrorAnswer {
  return { status, body: jsonLine({ detail: text }) }
}

/** Clients compare the whole of `detail`, so the reason has a field of its own. */
function noConnection(status: number, reason: string | undefined): WebUiErrorAnswer {
  return { status, body: jsonLine({ detail: SERVER_CONNECTION_ERROR, ...(reason === undefined ? {} : { reason }) }) }
}

/** The status of an upstream's refusal; null if no upstream refused. */
export function upstreamStatus(error: EngineError): number | null {
  const status = error.upstream?.status
  return status === undefined || status < 400 ? null : status
}

/** What an upstream's refusal says in the fields that servers use for it; null if it says nothing that can be read. */
export function upstreamWords(error: EngineError): string | null {
  const body = upstreamErrorJson(error)
  if (body === null) return null
  const said = body.error ?? body.detail ?? body.message
  if (typeof said === 'string') return said
  if (typeof said === 'object' && said !== null && 'message' in said && typeof said.message === 'string') {
    return said.message
  }
  return null
}
