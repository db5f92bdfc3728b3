import { ORPCError } from '@orpc/client'
import type { PublicError } from '#shared/errors.ts'
import { toPublicError } from '../../bridge/public-error.ts'

/** A form field that an error can stand at. */
export type FieldName =
  | 'provider'
  | 'baseUrl'
  | 'keys'
  | 'name'
  | 'auth'
  | 'headers'
  | 'prefixId'
  | 'tags'
  | 'modelIds'
  | 'connectionType'
  | 'visibility'
  | 'apiVersion'
  | 'apiType'
  | 'passthroughParams'
  | 'timeouts'
  | 'priority'
  | 'weight'
  | 'probeSeconds'
  | 'fingerprint'

const BASIC: readonly FieldName[] = ['provider', 'baseUrl', 'keys', 'name']
const FIELDS: readonly FieldName[] = [
  ...BASIC,
  'auth',
  'headers',
  'prefixId',
  'tags',
  'modelIds',
  'connectionType',
  'visibility',
  'apiVersion',
  'apiType',
  'passthroughParams',
  'timeouts',
  'priority',
  'weight',
  'probeSeconds',
  'fingerprint',
]

/** Why a configuration was refused, and at which field, if it is one's fault. */
export interface Refusal {
  error: PublicError
  field: FieldName | null
  /** Row of a list field, from 0. */
  row: number | null
}

export function isMoreField(field: FieldName): boolean {
  return !BASIC.includes(field)
}

/** A failed save or test as the form shows it. */
export function readRefusal(thrown: unknown): Refusal {
  const error = toPublicError(thrown)
  const path = error.param ?? pathOfIssue(thrown)
  return { error, ...fieldOf(path) }
}

/** `keys[1].value` is row 1 of the keys; `input.baseUrl` comes from the call's own check. */
function fieldOf(path: string | null): { field: FieldName | null; row: number | null } {
  const parts = (path ?? '').replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  const from = parts[0] === 'input' ? 1 : 0
  const field = FIELDS.find((name) => name === parts[from]) ?? null
  const row = /^\d+$/.test(parts[from + 1] ?? '') ? Number(parts[from + 1]) : null
  return { field, row: field === null ? null : row }
}

function pathOfIssue(thrown: unknown): string | null {
  if (!(thrown instanceof ORPCError) || thrown.code !== 'BAD_REQUEST') return null
  const data: unknown = thrown.data
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return null
  const issue: unknown = data.issues[0]
  if (typeof issue !== 'object' || issue === null || !('path' in issue) || !Array.isArray(issue.path)) return null
  return issue.path.join('.')
}
