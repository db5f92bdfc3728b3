import { z } from 'zod'
import type { ChatMessage, ContentPart, ToolCall } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { imageFromUrl } from '../image-source.ts'
import { withoutUndefined } from '../without-undefined.ts'
import type { CallerTool, ToolNames } from './tool-names.ts'

const contentPart = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['input_text', 'output_text', 'text', 'summary_text', 'reasoning_text']), text: z.string() }),
  z.object({ type: z.literal('refusal'), refusal: z.string() }),
  z.object({
    type: z.literal('input_image'),
    image_url: z.string().nullish(),
    file_id: z.string().nullish(),
    detail: z.string().nullish(),
  }),
  z.object({ type: z.enum(['input_file', 'input_audio']) }),
])
type InputPart = z.output<typeof contentPart>
const content = z.union([z.string(), z.array(contentPart)])

const callFields = { call_id: z.string().min(1), name: z.string().min(1), namespace: z.string().nullish() }

const inputItem = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message'), role: z.enum(['user', 'assistant', 'system', 'developer']), content }),
  z.object({ type: z.literal('function_call'), ...callFields, arguments: z.string() }),
  z.object({ type: z.literal('custom_tool_call'), ...callFields, input: z.string() }),
  z.object({
    type: z.enum(['function_call_output', 'custom_tool_call_output']),
    call_id: z.string().min(1),
    output: content,
  }),
  z.object({
    type: z.literal('reasoning'),
    summary: z.array(contentPart).nullish(),
    content: z.array(contentPart).nullish(),
    encrypted_content: z.string().nullish(),
    isReference: z.literal(true).optional(),
  }),
])
type CallItem = Extract<z.output<typeof inputItem>, { type: 'function_call' | 'custom_tool_call' }>
const ITEM_TYPES = new Set<unknown>([
  'message',
  'function_call',
  'custom_tool_call',
  'function_call_output',
  'custom_tool_call_output',
  'reasoning',
])

export const inputField = z.union([z.string(), z.array(inputItem)])

/**
 * The input with `type` where it may be left out, and with thoughts that are only referred to as empty ones: an answer can
 * do without them. Throws `unsupported` for items that only OpenAI's own servers can read.
 */
export function nameInputItems(input: unknown): unknown {
  if (!Array.isArray(input)) return input
  return input.map((item: unknown, index) => {
    if (typeof item !== 'object' || item === null) return item
    const { type, id } = item as { type?: unknown; id?: unknown }
    if (type === undefined) return { ...item, type: 'message' }
    if (type === 'item_reference' && typeof id === 'string' && id.startsWith('rs_')) {
      return { type: 'reasoning', isReference: true }
    }
    if (typeof type !== 'string' || ITEM_TYPES.has(type)) return item
    const why =
      type === 'item_reference'
        ? 'nothing is stored here, so an earlier item must be sent again in full (many clients do so with "store": false)'
        : 'it needs a tool that OpenAI runs'
    throw unsupported(`input[${index}]`, `items of type '${type}' cannot be sent: ${why}.`)
  })
}

/**
 * Input items as the engine's messages. What a model said in one turn (thoughts, text, calls) becomes one message.
 * What has no place there is added to `lost`, once for each kind of item.
 */
export function toChatMessages(
  instructions: string | null | undefined,
  input: z.output<typeof inputField>,
  names: Pick<ToolNames, 'encode'>,
  lost: Set<string>,
): ChatMessage[] {
  const messages: ChatMessage[] = instructions ? [{ role: 'system', content: instructions }] : []
  if (typeof input === 'string') return [...messages, { role: 'user', content: [{ type: 'text', text: input }] }]
  const toolNames = new Map<string, string>()
  let turn: { text: string; reasoning: string; toolCalls: ToolCall[] } | null = null

  function endTurn(): void {
    if (turn === null) return
    messages.push(
      withoutUndefined({
        role: 'assistant' as const,
        content: turn.text,
        reasoning: turn.reasoning || undefined,
        toolCalls: turn.toolCalls.length === 0 ? undefined : turn.toolCalls,
      }),
    )
    turn = null
  }

  for (const [index, item] of input.entries()) {
    const at = `input[${index}]`
    if (item.type === 'message' && item.role !== 'assistant') {
      endTurn()
      const parts = toParts(item.content, `${at}.content`, lost)
      if (item.role === 'user') messages.push({ role: 'user', content: parts })
      else messages.push({ role: 'system', content: textOf(parts) })
      continue
    }
    if (item.type === 'function_call_output' || item.type === 'custom_tool_call_output') {
      endTurn()
      messages.push(toolMessage(item, at, toolNames, lost))
      continue
    }
    turn ??= { text: '', reasoning: '', toolCalls: [] }
    switch (item.type) {
      case 'message':
        turn.text += textOf(toParts(item.content, `${at}.content`, lost))
        break
      case 'function_call':
      case 'custom_tool_call': {
        const call = toToolCall(item, names)
        toolNames.set(call.id, call.name)
        turn.toolCalls.push(call)
        break
      }
      case 'reasoning':
        // Only OpenAI's own models can read it.
        if (item.encrypted_content) lost.add('input[].encrypted_content')
        if (item.isReference) lost.add('input[].item_reference')
        turn.reasoning += textOf(toParts([...(item.content ?? item.summary ?? [])], at, lost))
        break
    }
  }
  endTurn()
  return messages
}

/** A call as the model made it: of a function, with a custom tool's text as its one argument. */
function toToolCall(item: CallItem, names: Pick<ToolNames, 'encode'>): ToolCall {
  const isCustom = item.type === 'custom_tool_call'
  const tool: CallerTool = withoutUndefined({
    kind: isCustom ? ('custom' as const) : ('function' as const),
    name: item.name,
    namespace: item.namespace ?? undefined,
  })
  const argumentText = isCustom ? JSON.stringify({ input: item.input }) : item.arguments
  return { id: item.call_id, name: names.encode(tool), arguments: argumentText }
}

function toolMessage(
  item: { call_id: string; output: z.output<typeof content> },
  at: string,
  toolNames: Map<string, string>,
  lost: Set<string>,
): ChatMessage {
  const parts = toParts(item.output, `${at}.output`, lost)
  const images = parts.filter((part) => part.type !== 'text')
  return withoutUndefined({
    role: 'tool' as const,
    toolCallId: item.call_id,
    toolName: toolNames.get(item.call_id),
    content: textOf(parts),
    images: images.length === 0 ? undefined : images,
  })
}

function toParts(given: string | InputPart[], at: string, lost: Set<string>): ContentPart[] {
  if (typeof given === 'string') return [{ type: 'text', text: given }]
  return given.map((part, index): ContentPart => {
    const here = `${at}[${index}]`
    switch (part.type) {
      case 'refusal':
        return { type: 'text', text: part.refusal }
      case 'input_image':
        if (part.image_url == null)
          throw unsupported(here, 'an image must come as image_url; files are not stored here.')
        if ((part.detail ?? 'auto') !== 'auto') lost.add('input[].content[].detail')
        return imageFromUrl(part.image_url, `${here}.image_url`)
      case 'input_file':
      case 'input_audio':
        throw unsupported(here, `Switchyard takes text and images, not '${part.type}'.`)
      default:
        return { type: 'text', text: part.text }
    }
  })
}

function textOf(parts: readonly ContentPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

export function unsupported(param: string, why: string): EngineError {
  return new EngineError('unsupported', `'${param}' is not supported: ${why}`, { param })
}
