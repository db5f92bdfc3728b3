import { z } from 'zod'
import type { ChatMessage, ContentPart, ToolCall } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { withoutUndefined } from '../without-undefined.ts'
import {
  type AssistantBlock,
  anthropicOnly,
  asksForCitations,
  assistantBlock,
  contentParts,
  type ImagePart,
  textBlock,
  type UserBlock,
  userBlock,
} from './client-content.ts'

const REDACTED = 'messages[].content[] (redacted_thinking)'
const CITATIONS = 'messages[].content[].citations'
const OUTPUT_CONFIG = 'messages[].output_config'

const textContent = z.union([z.string(), z.array(textBlock)])

export const systemField = textContent.nullish()
export const messageSchema = z.discriminatedUnion('role', [
  z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(userBlock).min(1)]) }),
  z.object({ role: z.literal('assistant'), content: z.union([z.string(), z.array(assistantBlock)]) }),
  z.object({
    role: z.literal('system'),
    content: textContent.nullish(),
    clear_at: z.enum(['next_user_message', 'never']).nullish(),
    output_config: z.object({}).nullish(),
  }),
])
type AnthropicMessage = z.output<typeof messageSchema>

/** Messages in the engine's form, and what of them only Anthropic can read. */
export interface DecodedMessages {
  messages: ChatMessage[]
  notSent: string[]
}

/** Anthropic's messages as the engine's. A tool's result becomes a message of its own and learns the tool's name. */
export function toChatMessages(
  system: z.output<typeof systemField>,
  messages: readonly AnthropicMessage[],
): DecodedMessages {
  const toolNames = new Map<string, string>()
  const notSent: string[] = []
  /** Once: a long conversation has many of a kind. */
  const name = (field: string): void => {
    if (!notSent.includes(field)) notSent.push(field)
  }
  const decoded: ChatMessage[] = []
  const instructions = system == null ? '' : joinText(system)
  if (instructions !== '') decoded.push({ role: 'system', content: instructions })
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}].content`
    switch (message.role) {
      case 'system':
        if (message.output_config != null) name(OUTPUT_CONFIG)
        else if (message.content == null) throw missing(at)
        if (message.content == null || isCleared(message, messages.slice(index + 1))) break
        decoded.push({ role: 'system', content: joinText(message.content) })
        break
      case 'user':
        decoded.push(...userMessages(message.content, at, toolNames))
        if (typeof message.content !== 'string' && message.content.some(asksForCitations)) name(CITATIONS)
        break
      case 'assistant':
        decoded.push(assistantMessage(message.content, at, toolNames, () => name(REDACTED)))
        break
    }
  }
  return { messages: decoded, notSent }
}

/** Whether a system message was only for a turn that is over. */
function isCleared(
  { clear_at: clearAt }: Extract<AnthropicMessage, { role: 'system' }>,
  later: readonly AnthropicMessage[],
): boolean {
  return clearAt === 'next_user_message' && later.some(({ role }) => role === 'user')
}

function missing(param: string): EngineError {
  return new EngineError('invalid_request', `Missing required parameter: '${param}'.`, { param })
}

function joinText(content: string | { text: string }[]): string {
  return typeof content === 'string' ? content : content.map((part) => part.text).join('\n')
}

function userMessages(content: string | UserBlock[], at: string, toolNames: Map<string, string>): ChatMessage[] {
  if (typeof content === 'string') return [{ role: 'user', content: [{ type: 'text', text: content }] }]
  const messages: ChatMessage[] = []
  let said: ContentPart[] = []
  const endTurn = (): void => {
    if (said.length > 0) messages.push({ role: 'user', content: said })
    said = []
  }
  for (const [index, block] of content.entries()) {
    const here = `${at}[${index}]`
    if (block.type !== 'tool_result') {
      said.push(...contentParts(block, here))
      continue
    }
    endTurn()
    messages.push(toolMessage(block, here, toolNames))
  }
  endTurn()
  return messages
}

function toolMessage(
  block: Extract<UserBlock, { type: 'tool_result' }>,
  at: string,
  toolNames: Map<string, string>,
): ChatMessage {
  const blocks = typeof block.content === 'string' ? [{ type: 'text' as const, text: block.content }] : block.content
  const parts = (blocks ?? []).flatMap((part, index) => contentParts(part, `${at}.content[${index}]`))
  const images = parts.filter((part): part is ImagePart => part.type !== 'text')
  return withoutUndefined({
    role: 'tool' as const,
    toolCallId: block.tool_use_id,
    toolName: toolNames.get(block.tool_use_id),
    content: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    images: images.length === 0 ? undefined : images,
    isError: block.is_error === true ? true : undefined,
  })
}

function assistantMessage(
  content: string | AssistantBlock[],
  at: string,
  toolNames: Map<string, string>,
  onRedacted: () => void,
): ChatMessage {
  if (typeof content === 'string') return { role: 'assistant', content }
  let text = ''
  const thoughts: { thinking: string; signature: string }[] = []
  const toolCalls: ToolCall[] = []
  for (const [index, block] of content.entries()) {
    switch (block.type) {
      case 'text':
        text += block.text
        break
      case 'thinking':
        thoughts.push({ thinking: block.thinking, signature: block.signature ?? '' })
        break
      case 'redacted_thinking':
        // Encrypted for Anthropic's own models: nobody else can read it.
        onRedacted()
        break
      case 'tool_use':
        toolNames.set(block.id, block.name)
        toolCalls.push({ id: block.id, name: block.name, arguments: JSON.stringify(block.input ?? {}) })
        break
      default:
        throw anthropicOnly(`${at}[${index}]`, block.type)
    }
  }
  const [only, ...more] = thoughts
  return withoutUndefined({
    role: 'assistant' as const,
    content: text,
    reasoning: thoughts.map(({ thinking }) => thinking).join('\n\n') || undefined,
    // A signature proves one block. Of several blocks joined into one text, none does.
    reasoningSignature: more.length === 0 ? only?.signature || undefined : undefined,
    toolCalls: toolCalls.length === 0 ? undefined : toolCalls,
  })
}
