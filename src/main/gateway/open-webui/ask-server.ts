import type { Connection } from '../../engine/spec/connections.ts'
import { systemClock } from '../../engine/spec/system-clock.ts'
import { withinTime } from '../../engine/spec/within-time.ts'
import type { Exchange } from '../exchange.ts'

/** Asks a server what it says of itself, with no more time than the catalog has for it. */
export function askServer<Answer>(
  { gateway }: Exchange,
  connection: Connection,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const ms = gateway.timing.lookMs + (connection.config?.timeouts.connectMs ?? 0)
  return withinTime({ ms, title: connection.name, signal, clock: systemClock }, ask)
}
