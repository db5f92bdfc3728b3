import { EngineError } from '../../spec/engine-error.ts'
import type { StreamPart, Usage } from '../../spec/stream-part.ts'
import { newToolCallId } from '../collect-answer.ts'
import { jsonText } from '../json-text.ts'
import type { StreamEncoder } from '../stream-encoder.ts'
import { anthropicErrorEvent } from './error-body.ts'
import type { MessageIdentity } from './message.ts'
import { anthropicStopReason } from './stop-reason.ts'
import { anthropicUsage } from './usage.ts'
import { isWholeJson } from './whole-json.ts'

const SSE_CONTENT_TYPE = 'text/event-stream; charset=utf-8'
const TEXT = '"text_delta","text":'
const THINKING = '"thinking_delta","thinking":'
const INPUT = '"input_json_delta","partial_json":'
const PING = 'event: ping\ndata: {"type":"ping"}\n\n'

type ToolCallDelta = Extract<StreamPart, { type: 'tool-call-delta' }>

/** A tool call on its way out. */
interface Call {
  id: string
  name: string
  arguments: string
  state: 'waiting' | 'open' | 'closed'
}

/**
 * An answer as Anthropic's events. Its blocks come strictly one after the other, while other dialects may write several
 * tool calls at once: a call is streamed while it is the only open one, and others wait until its JSON is whole.
 */
export function anthropicMessageStream(identity: MessageIdentity): StreamEncoder {
  const start =
    `event: message_start\ndata: {"type":"message_start","message":{"id":${jsonText(identity.id)},"type":"message",` +
    `"role":"assistant","model":${jsonText(identity.model)},"content":[],"stop_reason":null,"stop_sequence":null,` +
    `"usage":${JSON.stringify(anthropicUsage(null))}}}\n\n`

  const calls = new Map<number, Call>()
  let begun = false
  /** Index of the block that is open or comes next. */
  let index = 0
  let open: 'text' | 'thinking' | Call | null = null
  let deltaOpen = ''
  let deltaField = ''
  let usage: Usage | null = null

  function openBlock(kind: NonNullable<typeof open>, block: string, field: string): string {
    const closed = closeBlock()
    open = kind
    deltaOpen = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":`
    const opened = `event: content_block_start\ndata: {"type":"content_block_start","index":${index},"content_block":${block}}\n\n`
    // Anthropic sends one ping there, and some clients take it as the sign that the model has begun.
    const ping = index === 0 ? PING : ''
    deltaField = field
    return closed + opened + ping
  }
  function closeBlock(): string {
    if (open === null) return ''
    if (typeof open === 'object') open.state = 'closed'
    open = null
    const stop = `event: content_block_stop\ndata: {"type":"content_block_stop","index":${index}}\n\n`
    index += 1
    return stop
  }

  function delta(text: string): string {
    return text === '' ? '' : `${deltaOpen}${deltaField}${jsonText(text)}}}\n\n`
  }

  function text(part: string): string {
    if (part === '') return ''
    const before = open === 'text' ? '' : flushCalls() + openBlock('text', '{"type":"text","text":""}', TEXT)
    return before + delta(part)
  }

  function thinking(part: string, signature: string | undefined): string {
    if (part === '' && signature === undefined) return ''
    const opened =
      open === 'thinking'
        ? ''
        : flushCalls() + openBlock('thinking', '{"type":"thinking","thinking":"","signature":""}', THINKING)
    if (signature === undefined) return opened + delta(part)
    // A signature ends its block: what is thought after it belongs to the next.
    const signed = `${deltaOpen}"signature_delta","signature":${jsonText(signature)}}}\n\n`
    return opened + delta(part) + signed + closeBlock()
  }

  function toolCall(part: ToolCallDelta): string {
    const known = calls.get(part.index)
    if (known !== undefined) {
      if (known.name === '' && part.name !== undefined) known.name = part.name
      if (known.state === 'closed') return late(known, part.argumentsDelta)
      known.arguments += part.argumentsDelta
      return known.state === 'open' ? delta(part.argumentsDelta) : ''
    }
    const call: Call = {
      id: part.id ?? newToolCallId(),
      name: part.name ?? '',
      arguments: part.argumentsDelta,
      state: 'waiting',
    }
    const current = open !== null && typeof open === 'object' ? open : null
    calls.set(part.index, call)
    return current !== null && !isWholeJson(current.arguments) ? '' : flushWhole(call)
  }

  /** Writes the calls that waited before `next`, and opens `next` if nothing before it is still unfinished. */
  function flushWhole(next: Call): string {
    let out = ''
    for (const call of calls.values()) {
      if (call.state !== 'waiting') continue
      out += openCall(call)
      if (call !== next && !isWholeJson(call.arguments)) return out
    }
    return out
  }

  function flushCalls(): string {
    let out = ''
    for (const call of calls.values()) if (call.state === 'waiting') out += openCall(call)
    return out
  }

  function openCall(call: Call): string {
    call.state = 'open'
    const block = `{"type":"tool_use","id":${jsonText(call.id)},"name":${jsonText(call.name)},"input":{}}`
    return openBlock(call, block, INPUT) + delta(call.arguments)
  }

  function finish(part: Extract<StreamPart, { type: 'finish' }>): string {
    const blocks = flushCalls() + closeBlock()
    const reason = anthropicStopReason(part.reason, part.raw, calls.size > 0)
    const sequence = part.stopSequence === undefined ? 'null' : jsonText(part.stopSequence)
    return (
      `${blocks}event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"${reason}","stop_sequence":${sequence}},` +
      `"usage":${JSON.stringify(anthropicUsage(usage))}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n`
    )
  }

  function content(part: StreamPart): string {
    switch (part.type) {
      case 'text-delta':
        return text(part.text)
      case 'reasoning-delta':
        return thinking(part.text, part.signature)
      case 'tool-call-delta':
        return toolCall(part)
      case 'usage':
        usage = part.usage
        return ''
      case 'finish':
        return finish(part)
      default:
        return ''
    }
  }

  return {
    contentType: SSE_CONTENT_TYPE,
    encode(part) {
      const events = content(part)
      if (begun || events === '') return events
      begun = true
      return start + events
    },
    error: (error) => anthropicErrorEvent(error, identity.requestId),
    keepAlive: () => PING,
  }
}

/** Arguments for a call that was whole: only space may still come. */
function late(call: Call, text: string): string {
  if (text.trim() === '') return ''
  throw new EngineError(
    'upstream_error',
    `The upstream wrote more arguments for the tool call '${call.name}' after they were complete.`,
  )
}
