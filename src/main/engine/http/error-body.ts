import { dataOfFirstEvent } from '../spec/first-event.ts'

/** What an error answer says for itself. */
export interface ErrorBody {
  message: string | null
  /** `error.code`, or the code of an inner error. */
  code: string | null
  /** `error.type`. */
  type: string | null
  param: string | null
  requestId: string | null
}

const MAX_MESSAGE = 2_000

/**
 * Reads the error shapes that are about: OpenAI and Azure `{error:{message,type,code,param}}`, Anthropic
 * `{type:"error",error:{type,message},request_id}`, Ollama `{error:"…"}`, FastAPI `{detail:"…"}` or
 * `{detail:[{loc,msg}]}`, `{message}`, an array around one of them (Google), one of them as the first event of a stream,
 * plain text, and of HTML the title.
 */
export function readErrorBody(text: string, contentType: string): ErrorBody {
  const nothing: ErrorBody = { message: null, code: null, type: null, param: null, requestId: null }
  const trimmed = dataOfFirstEvent(text).trim()
  if (trimmed === '') return nothing
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) {
    const value = parsed(trimmed)
    if (value !== null) return fromJson(Array.isArray(value) ? value[0] : value)
  }
  if (/^\s*<|html/i.test(contentType.includes('html') ? 'html' : trimmed.slice(0, 1))) {
    const title = /<title[^>]*>([^<]*)<\/title>/i.exec(trimmed)?.[1] ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(trimmed)?.[1]
    return { ...nothing, message: title === undefined ? null : bounded(title.replaceAll(/\s+/g, ' ')) }
  }
  return { ...nothing, message: bounded(trimmed) }
}

function fromJson(value: unknown): ErrorBody {
  const top = asRecord(value)
  const error = asRecord(top?.error)
  const inner = asRecord(error?.innererror) ?? asRecord(error?.inner_error)
  const message =
    text(error?.message) ??
    text(top?.error) ??
    text(top?.message) ??
    detailText(top?.detail) ??
    text(top?.error_description)
  return {
    message: message === null ? null : bounded(message),
    code: text(error?.code) ?? text(inner?.code) ?? text(top?.code),
    type: text(error?.type) ?? text(error?.status) ?? (text(top?.type) === 'error' ? null : text(top?.type)),
    param: text(error?.param),
    requestId: text(top?.request_id) ?? text(error?.request_id),
  }
}

/** FastAPI: a text, or one entry per wrong field. */
function detailText(detail: unknown): string | null {
  if (!Array.isArray(detail)) return text(detail) ?? text(asRecord(detail)?.message) ?? text(asRecord(detail)?.error)
  const lines = detail.slice(0, 5).map((entry) => {
    const { loc, msg } = asRecord(entry) ?? {}
    const place = Array.isArray(loc) ? loc.filter((step) => step !== 'body').join('.') : ''
    return place === '' ? text(msg) : `${place}: ${text(msg) ?? 'invalid'}`
  })
  const told = lines.filter((line) => line !== null)
  return told.length === 0 ? null : told.join('; ')
}

function parsed(json: string): object | null {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' ? value : null
  } catch {
    // Not JSON after all, or cut off: it is shown as text.
    return null
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
}

function bounded(message: string): string | null {
  const plain = message.trim()
  if (plain === '') return null
  return plain.length > MAX_MESSAGE ? `${plain.slice(0, MAX_MESSAGE).toWellFormed()}…` : plain
}
