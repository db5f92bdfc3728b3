import type { ToolCall } from '../spec/chat-request.ts'
import type { StreamPart } from '../spec/stream-part.ts'

type ToolCallDelta = Extract<StreamPart, { type: 'tool-call-delta' }>

/** Puts tool calls together from their deltas. */
export interface ToolCallAssembly {
  add(delta: ToolCallDelta): void
  /** In the order of their indexes. */
  calls(): ToolCall[]
}

/** Starts with no calls. */
export function assembleToolCalls(): ToolCallAssembly {
  const calls = new Map<number, ToolCall>()
  return {
    add({ index, id, name, argumentsDelta }) {
      const call = calls.get(index) ?? { id: '', name: '', arguments: '' }
      calls.set(index, {
        id: id ?? call.id,
        name: name ?? call.name,
        arguments: call.arguments + argumentsDelta,
      })
    },
    calls: () => [...calls.entries()].sort(([left], [right]) => left - right).map(([, call]) => call),
  }
}
