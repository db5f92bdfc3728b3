import { EngineError } from '../../spec/engine-error.ts'
import type { StreamPart, Usage } from '../../spec/stream-part.ts'
import { isWholeJson } from '../anthropic/whole-json.ts'
import { newToolCallId } from '../collect-answer.ts'
import { jsonLine, jsonText } from '../json-text.ts'
import { SSE_CONTENT_TYPE } from '../openai/chat-stream.ts'
import type { StreamEncoder } from '../stream-encoder.ts'
import {
  calledTool,
  callItem,
  callItemId,
  endStatus,
  type ItemStatus,
  messageItem,
  outputText,
  type ResponseEnd,
  type ResponseIdentity,
  reasoningItem,
  refusalPart,
  responseObject,
} from './client-answer.ts'
import { CustomInput } from './custom-input.ts'
import type { CallerTool } from './tool-names.ts'

type ToolCallDelta = Extract<StreamPart, { type: 'tool-call-delta' }>

/** One output item on its way out. */
interface Item {
  /** A refusal is a message that holds nothing else. */
  kind: 'message' | 'refusal' | 'reasoning' | 'call'
  id: string
  outputIndex: number
  /** Of a call, its arguments as the model writes them. */
  text: string
  call: Call | null
  done: object | null
}

interface Call {
  id: string
  tool: CallerTool
  /** What the arguments say to a custom tool; null for functions. */
  input: CustomInput | null
}

/** An answer as the events of the Responses API. Items are numbered by when they begin; several calls may be open at once. */
export function openAiResponseStream(identity: ResponseIdentity): StreamEncoder {
  const key = identity.id.slice('resp_'.length)
  const items: Item[] = []
  const calls = new Map<number, Item>()
  let sequence = 0
  let usage: Usage | null = null
  /** The item that text or thoughts are added to. */
  let open: Item | null = null

  function event(type: string, fields: string): string {
    const number = sequence
    sequence += 1
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${number},${fields}}\n\n`
  }

  function lifecycle(type: string, end: ResponseEnd): string {
    return event(type, `"response":${jsonLine(responseObject(identity, end))}`)
  }

  function begin(): string {
    if (sequence > 0) return ''
    const end: ResponseEnd = { status: 'in_progress', output: [], usage: null }
    return lifecycle('response.created', end) + lifecycle('response.in_progress', end)
  }

  function place(item: Item): string {
    const content = isMessage(item) ? ',"content_index":0' : item.kind === 'reasoning' ? ',"summary_index":0' : ''
    return `"item_id":"${item.id}","output_index":${item.outputIndex}${content}`
  }

  function start(kind: Item['kind'], call: Call | null = null): { item: Item; said: string } {
    const outputIndex = items.length
    const id =
      call === null
        ? `${kind === 'reasoning' ? 'rs' : 'msg'}_${key}_${outputIndex}`
        : callItemId(call.tool, key, outputIndex)
    const item: Item = { kind, id, outputIndex, text: '', call, done: null }
    items.push(item)
    let said = event('response.output_item.added', `"output_index":${outputIndex},"item":${jsonLine(empty(item))}`)
    if (isMessage(item)) {
      said += event('response.content_part.added', `${place(item)},"part":${jsonLine(messagePart(item, ''))}`)
    } else if (kind === 'reasoning') {
      said += event('response.reasoning_summary_part.added', `${place(item)},"part":${SUMMARY_PART}`)
    }
    return { item, said }
  }

  function end(item: Item, status: ItemStatus): string {
    if (item.done !== null) return ''
    const input = item.call?.input ?? null
    let said = input === null ? '' : inputDelta(item, input.rest())
    item.done = whole(item, status)
    const text = jsonText(input?.text ?? item.text)
    if (item.kind === 'message') {
      said += event('response.output_text.done', `${place(item)},"text":${text},"logprobs":[]`)
      said += event('response.content_part.done', `${place(item)},"part":${jsonLine(outputText(item.text))}`)
    } else if (item.kind === 'refusal') {
      said += event('response.refusal.done', `${place(item)},"refusal":${text}`)
      said += event('response.content_part.done', `${place(item)},"part":${jsonLine(refusalPart(item.text))}`)
    } else if (item.kind === 'reasoning') {
      said += event('response.reasoning_summary_text.done', `${place(item)},"text":${text}`)
      said += event(
        'response.reasoning_summary_part.done',
        `${place(item)},"part":{"type":"summary_text","text":${text}}`,
      )
    } else if (input !== null) {
      said += event('response.custom_tool_call_input.done', `${place(item)},"input":${text}`)
    } else {
      said += event(
        'response.function_call_arguments.done',
        `${place(item)},"name":${jsonText(nameOf(item))},"arguments":${text}`,
      )
    }
    return said + event('response.output_item.done', `"output_index":${item.outputIndex},"item":${jsonLine(item.done)}`)
  }

  function inputDelta(item: Item, text: string): string {
    if (text === '') return ''
    return event('response.custom_tool_call_input.delta', `${place(item)},"delta":${jsonText(text)}`)
  }

  function endOpen(): string {
    const said = open === null ? '' : end(open, 'completed')
    open = null
    return said
  }

  function add(kind: 'message' | 'refusal' | 'reasoning', text: string): string {
    if (text === '') return ''
    let said = begin()
    if (open?.kind !== kind) {
      said += endOpen()
      const started = start(kind)
      open = started.item
      said += started.said
    }
    open.text += text
    return (
      said +
      event(DELTAS[kind], `${place(open)},"delta":${jsonText(text)}${kind === 'message' ? ',"logprobs":[]' : ''}`)
    )
  }

  function addCall(part: ToolCallDelta): string {
    let said = begin()
    let item = calls.get(part.index)
    if (item === undefined) {
      said += endOpen()
      for (const call of calls.values()) if (isWholeJson(call.text)) said += end(call, 'completed')
      const tool = calledTool(identity, part.name ?? '')
      const input = tool.kind === 'custom' ? new CustomInput() : null
      const started = start('call', { id: part.id ?? newToolCallId(), tool, input })
      item = started.item
      calls.set(part.index, item)
      said += started.said
    }
    if (part.argumentsDelta === '') return said
    if (item.done !== null) return said + late(item, part.argumentsDelta)
    item.text += part.argumentsDelta
    const input = item.call?.input ?? null
    if (input !== null) return said + inputDelta(item, input.add(part.argumentsDelta))
    return (
      said + event('response.function_call_arguments.delta', `${place(item)},"delta":${jsonText(part.argumentsDelta)}`)
    )
  }

  function finish(part: Extract<StreamPart, { type: 'finish' }>): string {
    const status = endStatus(part.reason)
    let said = begin()
    for (const item of items) said += end(item, status)
    // As in a whole answer: thoughts alone are none.
    if (items.every(({ kind }) => kind === 'reasoning')) {
      const { item, said: begun } = start('message')
      said += begun + end(item, status)
    }
    const output = items.map((item) => item.done ?? whole(item, status))
    return said + lifecycle(`response.${status}`, { status, output, usage, finish: part.reason })
  }

  return {
    contentType: SSE_CONTENT_TYPE,
    encode(part) {
      switch (part.type) {
        case 'text-delta':
          return add(part.isRefusal === true ? 'refusal' : 'message', part.text)
        case 'reasoning-delta':
          return add('reasoning', part.text)
        case 'tool-call-delta':
          return addCall(part)
        case 'usage':
          usage = part.usage
          return ''
        case 'finish':
          return finish(part)
        default:
          return ''
      }
    },
    error(error) {
      const output = items.map((item) => item.done ?? whole(item, 'incomplete'))
      return begin() + lifecycle('response.failed', { status: 'failed', output, usage, error })
    },
    keepAlive: () => ': ping\n\n',
  }
}

const DELTAS = {
  message: 'response.output_text.delta',
  refusal: 'response.refusal.delta',
  reasoning: 'response.reasoning_summary_text.delta',
}
const SUMMARY_PART = '{"type":"summary_text","text":""}'

function empty(item: Item): object {
  if (item.call !== null) return callItem(item.id, item.call.id, item.call.tool, '', 'in_progress')
  return isMessage(item) ? messageItem(item.id, null, 'in_progress') : reasoningItem(item.id, null, 'in_progress')
}

function whole(item: Item, status: ItemStatus): object {
  const { id, text, call } = item
  if (call !== null) return callItem(id, call.id, call.tool, call.input?.text ?? text, status)
  return isMessage(item) ? messageItem(id, messagePart(item, text), status) : reasoningItem(id, text, status)
}

function isMessage({ kind }: Item): boolean {
  return kind === 'message' || kind === 'refusal'
}

function messagePart({ kind }: Item, text: string): object {
  return kind === 'refusal' ? refusalPart(text) : outputText(text)
}

function nameOf({ call }: Item): string {
  return call?.tool.name ?? ''
}

/** Arguments for a call that was whole: only space may still come. */
function late(item: Item, text: string): string {
  if (text.trim() === '') return ''
  throw new EngineError(
    'upstream_error',
    `The upstream wrote more arguments for the tool call '${nameOf(item)}' after they were complete.`,
  )
}
