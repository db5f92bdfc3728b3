import { ORPCError } from '@orpc/server'
import type { PublicError } from '#shared/errors.ts'
import type { Logger } from '../engine/spec/engine.ts'
import { EngineError, isEngineError, toPublicError } from '../engine/spec/engine-error.ts'

/**
 * Any failure as it crosses to a window. Engine errors become ENGINE with their public form; bad input stays what oRPC
 * made of it; everything else is logged and shown as `internal`, without its reason.
 */
export function toRpcError(error: unknown, log: Logger, procedure: string): ORPCError<string, unknown> {
  if (isEngineError(error)) return engineError(toPublicError(error), error)
  if (error instanceof ORPCError && error.code !== 'INTERNAL_SERVER_ERROR') return error
  log.error({ err: error, procedure }, 'a call of the window failed unexpectedly')
  const masked = new EngineError('internal', 'Something in Switchyard failed unexpectedly. The log says more.')
  return engineError(toPublicError(masked), error)
}

function engineError(data: PublicError, cause: unknown): ORPCError<'ENGINE', PublicError> {
  return new ORPCError('ENGINE', { status: 500, message: data.message, data, cause })
}
