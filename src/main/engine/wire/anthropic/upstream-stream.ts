import { EngineError } from '../../spec/engine-error.ts'
import type { StreamPart } from '../../spec/stream-part.ts'
import { TextEvents } from '../text-events.ts'
import type { ToolNames } from '../upstream-tool-names.ts'
import { finishReason } from './stop-reason.ts'
import { eventError } from './upstream-error.ts'
import type { AnswerTool } from './upstream-request.ts'
import { usageFromAnthropic } from './usage.ts'

type Json = Readonly<Record<string, unknown>>

export interface AnswerDecoding {
  toolNames: ToolNames
  answerTool: AnswerTool | null
  /** The connection's name, for messages. */
  title: string
}

/** Reads one answer's events. */
export interface AnthropicDecoder {
  /** The parts of one event's data. Throws EngineError for an `error` event and for what is no event. */
  decode(data: string): StreamPart[]
  /** The parts that end the answer, once its bytes have ended. Throws `upstream_error` if it was cut off. */
  end(): StreamPart[]
}

/** What the open block is read as. `call` is the number of the tool call; the answer tool's input is text. */
type Block = { kind: 'call'; call: number; input: unknown; isEmpty: boolean } | { kind: 'answer'; text: string } | null

/** A decoder for the events of one answer from POST /v1/messages. */
export function createAnthropicDecoder({ toolNames, answerTool, title }: AnswerDecoding): AnthropicDecoder {
  const blocks = new Map<number, Block>()
  let usage: Json = {}
  let calls = 0
  let answered = false
  let stopReason: string | null = null
  let stopSequence: string | null = null
  let ended = false
  const texts = new TextEvents(deltaText)

  function startBlock(event: Json): StreamPart[] {
    const block = object(event.content_block)
    const index = Number(event.index)
    switch (block?.type) {
      case 'text':
        return text(block.text)
      case 'thinking':
        return typeof block.thinking === 'string' && block.thinking !== ''
          ? [{ type: 'reasoning-delta', text: block.thinking }]
          : []
      case 'tool_use': {
        const name = String(block.name ?? '')
        if (answerTool !== null && name === answerTool.name) {
          answered = true
          blocks.set(index, { kind: 'answer', text: '' })
          return []
        }
        const call = calls
        calls += 1
        blocks.set(index, { kind: 'call', call, input: block.input, isEmpty: true })
        return [
          {
            type: 'tool-call-delta',
            index: call,
            id: String(block.id ?? ''),
            name: toolNames.decode(name),
            argumentsDelta: '',
          },
        ]
      }
      default:
        // Blocks of Anthropic's own servers, and thoughts that only they can read.
        return []
    }
  }

  function delta(event: Json): StreamPart[] {
    const change = object(event.delta)
    switch (change?.type) {
      case 'text_delta':
        return text(change.text)
      case 'thinking_delta':
        return typeof change.thinking === 'string' && change.thinking !== ''
          ? [{ type: 'reasoning-delta', text: change.thinking }]
          : []
      case 'signature_delta':
        return typeof change.signature === 'string'
          ? [{ type: 'reasoning-delta', text: '', signature: change.signature }]
          : []
      case 'input_json_delta':
        return typeof change.partial_json === 'string' && change.partial_json !== ''
          ? input(blocks.get(Number(event.index)) ?? null, change.partial_json)
          : []
      default:
        return []
    }
  }

  function input(block: Block, json: string): StreamPart[] {
    if (block === null) return []
    if (block.kind === 'call') {
      block.isEmpty = false
      return [{ type: 'tool-call-delta', index: block.call, argumentsDelta: json }]
    }
    if (answerTool?.isWrapped !== true) return [{ type: 'text-delta', text: json }]
    block.text += json
    return []
  }

  function stopBlock(event: Json): StreamPart[] {
    const block = blocks.get(Number(event.index)) ?? null
    blocks.delete(Number(event.index))
    if (block?.kind === 'call' && block.isEmpty) {
      // Some servers give all of the input with the block's start; a call without arguments has an empty object.
      return [{ type: 'tool-call-delta', index: block.call, argumentsDelta: JSON.stringify(block.input ?? {}) }]
    }
    if (block?.kind === 'answer' && answerTool?.isWrapped === true) return text(unwrap(block.text))
    return []
  }

  function finish(): StreamPart[] {
    if (ended || stopReason === null) return []
    ended = true
    // The answer tool is no call to anybody outside.
    const isAnswer = answered && calls === 0 && stopReason === 'tool_use'
    return [
      { type: 'usage', usage: usageFromAnthropic(usage) },
      isAnswer
        ? { type: 'finish', reason: 'stop', raw: 'end_turn' }
        : {
            type: 'finish',
            reason: finishReason(stopReason),
            raw: stopReason,
            ...(stopSequence === null ? {} : { stopSequence }),
          },
    ]
  }

  return {
    decode(data) {
      const known = texts.read(data)
      if (known !== null) return text(known)
      const event = parseEvent(data, title)
      switch (event.type) {
        case 'content_block_delta': {
          const parts = delta(event)
          const [part] = parts
          if (parts.length === 1 && part?.type === 'text-delta') texts.learn(data, part.text)
          return parts
        }
        case 'content_block_start':
          return startBlock(event)
        case 'content_block_stop':
          return stopBlock(event)
        case 'message_start':
          usage = object(object(event.message)?.usage) ?? {}
          return []
        case 'message_delta': {
          const told = object(event.delta)
          if (typeof told?.stop_reason === 'string') stopReason = told.stop_reason
          if (typeof told?.stop_sequence === 'string') stopSequence = told.stop_sequence
          usage = overlaid(usage, object(event.usage))
          return []
        }
        case 'message_stop':
          return finish()
        case 'error':
          throw eventError(event, title)
        default:
          return []
      }
    },
    end() {
      const parts = finish()
      if (ended) return parts
      throw new EngineError('upstream_error', `${title} broke off: the answer ended before it was finished.`, {
        retryable: true,
        upstream: { provider: 'anthropic' },
      })
    },
  }
}

function deltaText(event: unknown): unknown {
  return object(object(event)?.delta)?.text
}

function text(value: unknown): StreamPart[] {
  return typeof value === 'string' && value !== '' ? [{ type: 'text-delta', text: value }] : []
}

function parseEvent(data: string, title: string): Json {
  try {
    const event = object(JSON.parse(data))
    if (event !== null) return event
  } catch {
    // Said below, without the parser's message, which quotes at will.
  }
  throw new EngineError('upstream_error', `${title} sent a stream event that is not a JSON object.`, {
    upstream: { provider: 'anthropic', bodyExcerpt: data.slice(0, 500).toWellFormed() },
  })
}

/** Counts of the end over those of the beginning; null means that there is nothing new. */
function overlaid(start: Json, end: Json | null): Json {
  const merged: Record<string, unknown> = { ...start }
  for (const [name, value] of Object.entries(end ?? {})) if (value !== null) merged[name] = value
  return merged
}

/** The answer out of the object that the tool's schema put it into; as it is if it was cut off. */
function unwrap(json: string): string {
  try {
    return JSON.stringify((JSON.parse(json) as { value?: unknown }).value ?? null)
  } catch {
    return json
  }
}

function object(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
}
