/** Something with bytes for a client that are not written yet. */
export interface Flushable {
  flush(): void
}

let waiting: Flushable[] = []

/**
 * Writes of streams follow when all sockets of this turn of the loop were read: one after the other they find the
 * clients' side awake, where waking it anew for each chunk took a tenth of a stream's processor time, and what came for
 * one stream in one turn is one write. To be called once per stream and turn.
 */
export function flushSoon(stream: Flushable): void {
  if (waiting.push(stream) === 1) setImmediate(flushAll)
}

function flushAll(): void {
  const due = waiting
  waiting = []
  for (const stream of due) stream.flush()
}
