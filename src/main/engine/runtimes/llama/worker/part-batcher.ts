import type { WirePart } from '../protocol.ts'

/** At most one message per stream in this time, after the first: 8 fast streams must not flood the main loop. */
const BATCH_MS = 12

/** Gathers stream parts into few messages, in order and without loss. */
export interface PartBatcher {
  push(part: WirePart): void
  flush(): void
}

/** The first part goes out at once (time to first token), the rest at most every 12 ms, neighbours joined. */
export function createPartBatcher(send: (parts: WirePart[]) => void): PartBatcher {
  let pending: WirePart[] = []
  let timer: NodeJS.Timeout | null = null

  function flush(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (pending.length === 0) return
    const parts = pending
    pending = []
    send(parts)
  }

  function open(): void {
    timer = null
    if (pending.length === 0) return
    flush()
    timer = setTimeout(open, BATCH_MS)
  }

  return {
    push(part) {
      const last = pending.at(-1)
      if (last === undefined || !join(last, part)) pending.push(part)
      if (timer !== null) return
      flush()
      timer = setTimeout(open, BATCH_MS)
    },
    flush,
  }
}

/** Appends `next` to `last` where both carry text of one kind; false if they must stay apart. */
function join(last: WirePart, next: WirePart): boolean {
  if (last.type === 'text-delta' && next.type === 'text-delta') {
    last.text += next.text
    return true
  }
  if (last.type === 'reasoning-delta' && next.type === 'reasoning-delta') {
    last.text += next.text
    return true
  }
  if (last.type === 'tool-call-delta' && next.type === 'tool-call-delta' && last.index === next.index) {
    last.argumentsDelta += next.argumentsDelta
    return true
  }
  if (last.type === 'progress' && next.type === 'progress' && last.phase === next.phase) {
    last.value = next.value
    return true
  }
  return false
}
