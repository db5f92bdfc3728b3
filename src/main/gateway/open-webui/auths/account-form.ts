import { MAX_PASSWORD_BYTES } from '#shared/team.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import type { Exchange } from '../../exchange.ts'
import { readJsonBody } from '../../json-body.ts'
import { ACTION_PROHIBITED, EMAIL_INVALID, EMAIL_TAKEN, NOT_FOUND, PASSWORD_TOO_LONG, type Sayings } from './words.ts'

/** Bytes of a form about a person, their picture included. Anybody may send one, so it is bounded far below other bodies. */
const FORM_LIMIT = 2 * 1024 * 1024

/** How refusals about accounts are told. */
export const ACCOUNT_SAYINGS: Sayings = {
  conflict: { status: 400, text: EMAIL_TAKEN },
  forbidden: { status: 403, text: ACTION_PROHIBITED },
  not_found: { status: 400, text: NOT_FOUND },
  'invalid_request:email': { status: 400, text: EMAIL_INVALID },
}

/** Reads the JSON body of a form about a person. Throws `request_too_large` beyond 2 MiB. */
export function readForm(exchange: Exchange): Promise<unknown> {
  const { gateway } = exchange
  const bodyLimit = Math.min(gateway.bodyLimit, FORM_LIMIT)
  return readJsonBody({ ...exchange, gateway: { ...gateway, bodyLimit } })
}

/** Throws for a password of which not every byte would count. */
export function checkPasswordLength(password: string): void {
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    throw new EngineError('invalid_request', PASSWORD_TOO_LONG, { param: 'password' })
  }
}
