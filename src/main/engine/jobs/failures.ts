import { EngineError, isEngineError, toEngineError } from '../spec/engine-error.ts'

/** A failure that another try would only repeat. */
export class FinalFailure extends Error {
  readonly error: EngineError
  constructor(error: EngineError) {
    super(error.message, { cause: error })
    this.name = 'FinalFailure'
    this.error = error
  }
}

const MAX_REASON = 1_000

const DISK_FULL = /no space left|not enough (free )?space|disk (is )?full|disk quota/i
const REFUSED = /unauthori[sz]ed|access denied|forbidden|not authori[sz]ed|must (first )?(be )?sign(ed)? in|permission/i
const ABSENT = /does not exist|not found|no such (model|file)/i
/** Reasons by which Ollama tells that its own line to the registry broke. */
const PASSING =
  /max retries exceeded|\bEOF\b|timeout|timed out|deadline exceeded|connection (reset|refused)|broken pipe|no such host|network is unreachable|no route to host|temporary failure|server misbehaving|stalled|digest mismatch|too many requests|status (code )?5\d\d|\b50[0234]\b/i

/** The error of a line `{"error": …}` inside a stream: final, unless the server's own line broke. */
export function streamFailure(title: string, reason: string): Error {
  const told = reason.slice(0, MAX_REASON)
  const definite = definiteFailure(title, told)
  if (definite !== null) return definite
  const error = upstreamFailure(title, told)
  return PASSING.test(told) ? error : new FinalFailure(error)
}

/** What a failed try means: whether another one may help, and what to tell. */
export function judge(thrown: unknown, title: string): { final: boolean; error: EngineError } {
  if (thrown instanceof FinalFailure) return { final: true, error: thrown.error }
  if (!isEngineError(thrown)) return { final: true, error: toEngineError(thrown) }
  const status = thrown.upstream?.status
  if (status !== undefined && status >= 300) {
    const reason = thrown.upstream?.bodyExcerpt ?? thrown.detail ?? ''
    const definite = status >= 500 ? definiteFailure(title, reason.slice(0, MAX_REASON)) : null
    if (definite !== null) return { final: true, error: definite.error }
    return { final: status < 500 && status !== 408 && status !== 429, error: thrown }
  }
  switch (thrown.code) {
    case 'upstream_unavailable':
    case 'upstream_error':
    case 'connect_timeout':
    case 'first_byte_timeout':
    case 'idle_timeout':
    case 'rate_limited':
    // Ours are sorted out before; this one is a connection that was closed because its settings changed.
    case 'aborted':
      return { final: false, error: thrown }
    default:
      return { final: true, error: thrown }
  }
}

/** Failures of the way to a server, not of what was asked of it. */
export function isUnreachable(error: EngineError): boolean {
  return ['upstream_unavailable', 'connect_timeout', 'first_byte_timeout', 'auth_failed'].includes(error.code)
}

function definiteFailure(title: string, reason: string): FinalFailure | null {
  const options = { detail: reason, upstream: { provider: 'ollama', bodyExcerpt: reason } }
  if (DISK_FULL.test(reason)) {
    return new FinalFailure(new EngineError('disk_full', `The disk of ${title} is full: ${reason}`, options))
  }
  if (PASSING.test(reason)) return null
  if (REFUSED.test(reason)) {
    return new FinalFailure(new EngineError('forbidden', `${title} is not allowed to do this: ${reason}`, options))
  }
  if (ABSENT.test(reason)) {
    return new FinalFailure(new EngineError('model_not_found', `${title} did not find the model: ${reason}`, options))
  }
  return null
}

function upstreamFailure(title: string, reason: string): EngineError {
  return new EngineError('upstream_error', `${title} reports: ${reason}`, {
    detail: reason,
    upstream: { provider: 'ollama', bodyExcerpt: reason },
  })
}
