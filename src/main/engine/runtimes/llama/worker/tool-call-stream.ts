import { randomBytes } from 'node:crypto'
import type { WirePart } from '../protocol.ts'

/** Tool calls as stream parts while they are written. */
export interface ToolCallStream {
  chunk(index: number, name: string, text: string): void
  ended(name: string): void
}

/** Streams the arguments of tool calls. Whitespace at the end is the grammar's stop sign, not part of the JSON. */
export function createToolCallStream(emit: (part: WirePart) => void): ToolCallStream {
  let open = -1
  let ended = 0
  let sent = false
  let heldBack = ''

  function begin(index: number, name: string): void {
    if (open === index) return
    open = index
    sent = false
    heldBack = ''
    const id = `call_${randomBytes(12).toString('hex')}`
    emit({ type: 'tool-call-delta', index, id, name, argumentsDelta: '' })
  }

  return {
    chunk(index, name, text) {
      begin(index, name)
      const all = heldBack + text
      const trimmed = all.trimEnd()
      heldBack = all.slice(trimmed.length)
      if (trimmed === '') return
      sent = true
      emit({ type: 'tool-call-delta', index, argumentsDelta: trimmed })
    },
    ended(name) {
      begin(ended, name)
      if (!sent) emit({ type: 'tool-call-delta', index: ended, argumentsDelta: '{}' })
      ended += 1
    },
  }
}
