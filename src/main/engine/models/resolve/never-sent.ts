import { CLIENT_PARAMETERS } from './layer-params.ts'
import { FORBIDDEN_NAMES } from './request-draft.ts'

/** Whether a parameter of a record never becomes a field of a request. */
export function isNeverSent(name: string): boolean {
  return CLIENT_PARAMETERS.has(name) || FORBIDDEN_NAMES.has(name)
}
