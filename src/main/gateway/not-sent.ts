import type { ChatRun } from '../engine/spec/engine.ts'
import type { Exchange } from './exchange.ts'

/** In one line of the log; the header has a bound of its own. */
const MAX_LOGGED = 100

type Start = (signal: AbortSignal) => Promise<ChatRun>

/** Says in the log what a decoder could not carry over, and in the run's route, beside what the upstream cannot be told. */
export function alsoNotSent(exchange: Exchange, fields: readonly string[], start: Start): Start {
  if (fields.length === 0) return start
  const { gateway, requestId } = exchange
  gateway.engine.log.info({ requestId, notSent: fields.slice(0, MAX_LOGGED) }, 'fields that are not carried over')
  return async (signal) => {
    const run = await start(signal)
    return {
      parts: run.parts,
      get route() {
        return { ...run.route, notSent: [...new Set([...(run.route.notSent ?? []), ...fields])] }
      },
    }
  }
}
