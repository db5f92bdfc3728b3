import type { z } from 'zod'
import { MAX_PASSWORD_BYTES } from '#shared/team.ts'
import { EngineError } from '../../../engine/spec/engine-error.ts'
import type { Exchange } from '../../exchange.ts'
import { readJsonBody } from '../../json-body.ts'
import { readForm } from '../read-form.ts'
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

/** Reads a form about a person by its schema. Throws as `readForm`, and `request_too_large` beyond 2 MiB. */
export function readAccountForm<Schema extends z.ZodType>(
  exchange: Exchange,
  schema: Schema,
): Promise<z.output<Schema>> {
  return readForm(withSmallBody(exchange), schema)
}

/** The JSON body of such a form, for what has a reader of its own (to be run within `asForm`). */
export function readAccountBody(exchange: Exchange): Promise<unknown> {
  return readJsonBody(withSmallBody(exchange))
}

function withSmallBody(exchange: Exchange): Exchange {
  const { gateway } = exchange
  return { ...exchange, gateway: { ...gateway, bodyLimit: Math.min(gateway.bodyLimit, FORM_LIMIT) } }
}

/** Throws for a password of which not every byte would count. */
export function checkPasswordLength(password: string): void {
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    throw new EngineError('invalid_request', PASSWORD_TOO_LONG, { param: 'password' })
  }
}
