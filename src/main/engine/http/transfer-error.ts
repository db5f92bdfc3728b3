import { EngineError, isEngineError, toEngineError } from '../spec/engine-error.ts'
import { inSeconds, named, type ServerIdentity } from './server-identity.ts'

/** How far an answer had come when its connection failed. */
export type Progress = 'nothing' | 'head'

/** Codes of a line that was cut, by whoever. */
const CUT = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_INFO',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
])

/** True for a connection that the other side closed too early. */
export function isCutLine(error: Error): boolean {
  if (isEngineError(error)) return false
  // undici gives its parser's errors no reliable code.
  if (error.name === 'HTTPParserError') return error.message.includes('Invalid EOF state')
  return CUT.has((error as NodeJS.ErrnoException).code ?? '')
}

/** Why an exchange failed after the connection stood, in words. `detail` keeps the system's own code and text. */
export function transferError(server: ServerIdentity, error: Error, progress: Progress): EngineError {
  if (isEngineError(error)) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const who = named(server)
  const plain = server.origin.startsWith('http:')
  const options = {
    // The parser's error holds what the server sent, which may repeat our key.
    ...(error.name === 'HTTPParserError' ? {} : { cause: error }),
    detail: code === '' ? error.message : `${code}: ${error.message}`,
    upstream: { provider: server.provider },
  }
  if (error.name === 'HTTPParserError' && !isCutLine(error)) {
    if (plain && startsLikeTls((error as { data?: unknown }).data)) {
      const address = server.origin.replace('http:', 'https:')
      return new EngineError('upstream_unavailable', `${who} speaks TLS at this port. Type ${address}.`, options)
    }
    const what =
      progress === 'head' ? 'broke the rules of HTTP within its answer' : 'answered with something that is not HTTP'
    return new EngineError('upstream_error', `${who} ${what}. Check the address and the port.`, options)
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new EngineError('upstream_error', `${who} answered with more than 64 kB of headers.`, options)
  }
  if (code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') {
    return new EngineError('invalid_request', 'The upload was longer or shorter than announced.', options)
  }
  if (isCutLine(error)) {
    if (progress === 'head') {
      return new EngineError('upstream_error', `${who} broke off in the middle of its answer.`, {
        ...options,
        retryable: true,
      })
    }
    const hint = plain ? ' If it speaks TLS, type https:// instead.' : ''
    return new EngineError('upstream_unavailable', `${who} closed the connection without an answer.${hint}`, options)
  }
  return toEngineError(error)
}

/** No byte of the body came in time. */
export function firstByteTimeout(server: ServerIdentity, ms: number): EngineError {
  return new EngineError(
    'first_byte_timeout',
    `${named(server)} did not begin to answer within ${inSeconds(ms)}. A model that still loads may need a longer limit.`,
    { upstream: { provider: server.provider } },
  )
}

/** Nothing moved for too long. */
export function idleTimeout(server: ServerIdentity, ms: number, isUpload: boolean): EngineError {
  const what = isUpload ? 'took nothing more of the upload' : 'sent nothing more'
  return new EngineError('idle_timeout', `${named(server)} ${what} for ${inSeconds(ms)}.`, {
    upstream: { provider: server.provider },
  })
}

/** TLS records begin with their type (alert or handshake) and version 3. */
function startsLikeTls(data: unknown): boolean {
  return typeof data === 'string' && (data.startsWith('\x15\x03') || data.startsWith('\x16\x03'))
}
