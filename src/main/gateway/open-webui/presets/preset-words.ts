import { EngineError } from '../../../engine/spec/engine-error.ts'
import { isAdmin, type Principal } from '../../../engine/spec/principal.ts'
import { NOT_FOUND, type Sayings, UNAUTHORIZED } from '../auths/words.ts'

export const ID_TAKEN = 'Uh-oh! This model id is already registered. Please choose another model id string.'
export const ID_TOO_LONG = 'The model id is too long. Please make sure your model id is less than 256 characters long.'

/** How refusals about records are told: Open WebUI answers nearly all of them with 401. */
export const PRESET_SAYINGS: Sayings = {
  conflict: { status: 401, text: ID_TAKEN },
  not_found: { status: 401, text: NOT_FOUND },
  forbidden: { status: 401, text: UNAUTHORIZED },
}

/** Throws unless the person may do this in the workspace. */
export function requireWorkspace(principal: Principal, right: keyof Principal['permissions']['workspace']): void {
  if (isAdmin(principal) || principal.permissions.workspace[right]) return
  throw new EngineError('forbidden', UNAUTHORIZED, { status: 401 })
}
