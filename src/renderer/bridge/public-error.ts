import { ORPCError } from '@orpc/client'
import { type PublicError, publicErrorSchema } from '#shared/errors.ts'

/** Any failure of a call as the error that views show: engine errors as they are, the rest by its plain meaning. */
export function toPublicError(error: unknown): PublicError {
  if (error instanceof ORPCError) {
    const known = publicErrorSchema.safeParse(error.data)
    if (known.success) return known.data
    if (error.code === 'BAD_REQUEST') {
      return { code: 'invalid_request', message: badInput(error), retryable: false }
    }
    return { code: 'internal', message: error.message, retryable: false }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'upstream_unavailable', message: 'The engine does not answer.', retryable: true, detail: message }
}

function badInput(error: ORPCError<string, unknown>): string {
  const data = error.data
  if (typeof data === 'object' && data !== null && 'issues' in data && Array.isArray(data.issues)) {
    const lines = data.issues.flatMap((issue: unknown) =>
      typeof issue === 'object' && issue !== null && 'message' in issue ? [String(issue.message)] : [],
    )
    if (lines.length > 0) return lines.join('. ')
  }
  return error.message
}
