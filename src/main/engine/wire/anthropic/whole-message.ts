type Json = Readonly<Record<string, unknown>>

/** A whole `message` as the events that would have streamed it, so that there is one way to read an answer. */
export function eventsOfMessage(message: Json): object[] {
  const content = Array.isArray(message.content) ? (message.content as Json[]) : []
  return [
    { type: 'message_start', message },
    ...content.flatMap(blockEvents),
    {
      type: 'message_delta',
      delta: { stop_reason: message.stop_reason ?? 'end_turn', stop_sequence: message.stop_sequence ?? null },
      usage: {},
    },
    { type: 'message_stop' },
  ]
}

function blockEvents(block: Json, index: number): object[] {
  const start = { type: 'content_block_start', index, content_block: block }
  const stop = { type: 'content_block_stop', index }
  const delta = (fields: object): object => ({ type: 'content_block_delta', index, delta: fields })
  switch (block.type) {
    case 'thinking':
      return typeof block.signature === 'string' && block.signature !== ''
        ? [start, delta({ type: 'signature_delta', signature: block.signature }), stop]
        : [start, stop]
    case 'tool_use':
      return [start, delta({ type: 'input_json_delta', partial_json: JSON.stringify(block.input ?? {}) }), stop]
    default:
      return [start, stop]
  }
}
