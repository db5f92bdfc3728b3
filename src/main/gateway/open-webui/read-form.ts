import type { z } from 'zod'
import { EngineError, isEngineError } from '../../engine/spec/engine-error.ts'
import { parseRequest } from '../../engine/wire/parse-request.ts'
import type { Exchange } from '../exchange.ts'
import { readJsonBody } from '../json-body.ts'

/** Reads a JSON body by its schema. Throws as `asForm`. */
export function readForm<Schema extends z.ZodType>(exchange: Exchange, schema: Schema): Promise<z.output<Schema>> {
  return asForm(async () => parseRequest(schema, await readJsonBody(exchange)))
}

/**
 * Runs what reads a body. As in Open WebUI, one that is no JSON, lacks a required field or has one of a wrong type is a
 * 422; a body that is too large or does not arrive keeps its own status.
 */
export async function asForm<Form>(read: () => Form | Promise<Form>): Promise<Form> {
  try {
    return await read()
  } catch (error) {
    if (!isEngineError(error) || error.code !== 'invalid_request' || error.status !== 400) throw error
    throw new EngineError('invalid_request', error.message, {
      status: 422,
      cause: error,
      ...(error.param === undefined ? {} : { param: error.param }),
    })
  }
}
