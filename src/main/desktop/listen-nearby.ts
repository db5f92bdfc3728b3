import { isEngineError } from '../engine/spec/engine-error.ts'

/**
 * Listens on the wanted port or, when another program has it, on one of the next nine. Clients that were told the usual
 * address miss us then, but the window works, and the status says where the gateway really is.
 */
export async function listenNearby<Listening>(
  wanted: number,
  listen: (port: number) => Promise<Listening>,
): Promise<Listening> {
  for (let port = wanted; ; port += 1) {
    try {
      return await listen(port)
    } catch (error) {
      const isTaken = isEngineError(error) && error.code === 'conflict'
      if (!isTaken || wanted === 0 || port - wanted >= 9 || port >= 65_535) throw error
    }
  }
}
