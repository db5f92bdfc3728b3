import type { ChatRun, RouteRecord } from '../engine/spec/engine.ts'
import type { Exchange } from './exchange.ts'

type Start = (signal: AbortSignal) => Promise<ChatRun>

/** Says in the log what a decoder could not carry over, and in the run's route, beside what the upstream cannot be told. */
export function alsoNotSent(exchange: Exchange, fields: readonly string[], start: Start): Start {
  if (fields.length === 0) return start
  logNotSent(exchange, fields)
  return async (signal) => {
    const run = await start(signal)
    return {
      parts: run.parts,
      get route() {
        return withNotSent(run.route, fields)
      },
    }
  }
}

export function logNotSent({ gateway, requestId }: Exchange, fields: readonly string[]): void {
  if (fields.length > 0) gateway.engine.log.info({ requestId, notSent: fields }, 'fields that are not carried over')
}

export function withNotSent(route: RouteRecord, fields: readonly string[]): RouteRecord {
  if (fields.length === 0) return route
  return { ...route, notSent: [...new Set([...(route.notSent ?? []), ...fields])] }
}
