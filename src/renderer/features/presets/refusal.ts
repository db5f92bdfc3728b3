import { ORPCError } from '@orpc/client'
import type { PublicError } from '#shared/errors.ts'
import { toPublicError } from '../../bridge/public-error.ts'

/** Why a model was not saved, and at which field: `name`, `params.temperature`, `meta.tags`. */
export interface Refusal {
  error: PublicError
  /** Dotted path; null if no field is at fault. */
  path: string | null
}

const FIELDS = ['id', 'name', 'baseModelId', 'params', 'meta', 'grants', 'isActive']

/** A failed save as the editor shows it. */
export function readRefusal(thrown: unknown): Refusal {
  const error = toPublicError(thrown)
  const named = (error.param ?? issuePath(thrown) ?? '').replaceAll(/\[(\w+)\]/g, '.$1').replace(/^(input|draft)\./, '')
  // Open WebUI's name of a field may come along too.
  const path = named.replace(/^base_model_id\b/, 'baseModelId').replace(/^access_grants\b/, 'grants')
  return { error, path: FIELDS.includes(path.split('.')[0] ?? '') ? path : null }
}

/** A refusal by our own check, before the engine is asked. */
export function ownRefusal(path: string, message: string): Refusal {
  return { error: { code: 'invalid_request', message, retryable: false }, path }
}

/** The complaint about a field or what is inside it; null if there is none. */
export function complaintAt(refusal: Refusal | null, field: string): string | null {
  if (refusal?.path == null) return null
  return refusal.path === field || refusal.path.startsWith(`${field}.`) ? refusal.error.message : null
}

function issuePath(thrown: unknown): string | null {
  if (!(thrown instanceof ORPCError) || thrown.code !== 'BAD_REQUEST') return null
  const data: unknown = thrown.data
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return null
  const issue: unknown = data.issues[0]
  if (typeof issue !== 'object' || issue === null || !('path' in issue) || !Array.isArray(issue.path)) return null
  return issue.path.join('.')
}
