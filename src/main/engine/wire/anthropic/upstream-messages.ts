import type { ChatMessage, ContentPart } from '../../spec/chat-request.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { ToolNames } from '../upstream-tool-names.ts'

/** A content block as the API takes it. */
export type Block = Record<string, unknown> & { type: string }

export interface Turn {
  role: 'user' | 'assistant'
  content: Block[]
}

/** Stands for what the person said before a conversation that begins with the model. */
const OPENING = '(The conversation begins.)'

export interface EncodedConversation {
  /** Undefined if there are no instructions. */
  system: string | undefined
  messages: Turn[]
}

/**
 * The conversation as Anthropic has it: instructions apart, user and assistant in turn, a tool's result as part of a
 * user's turn. What has no place goes into `notSent`. Throws `unsupported` for images that the model does not see.
 */
export function encodeConversation(
  messages: readonly ChatMessage[],
  options: { vision: boolean; toolNames: ToolNames; notSent: string[] },
): EncodedConversation {
  const system: string[] = []
  const turns: Turn[] = []
  let unsignedThoughts = false

  function add(role: Turn['role'], blocks: Block[]): void {
    if (blocks.length === 0) return
    const last = turns.at(-1)
    if (last?.role === role) last.content.push(...blocks)
    else turns.push({ role, content: blocks })
  }

  for (const [index, message] of messages.entries()) {
    switch (message.role) {
      case 'system':
        if (message.content.trim() !== '') system.push(message.content)
        break
      case 'user':
        if (!options.vision) refuseImages(message.content, index)
        add('user', message.content.flatMap(contentBlocks))
        break
      case 'tool':
        if (!options.vision) refuseImages(message.images ?? [], index)
        add('user', [toolResult(message)])
        break
      case 'assistant':
        unsignedThoughts ||= Boolean(message.reasoning) && message.reasoningSignature === undefined
        add('assistant', assistantBlocks(message, options.toolNames))
        break
    }
  }
  if (unsignedThoughts) options.notSent.push('messages[].reasoning_content')
  for (const turn of turns) if (turn.role === 'user') turn.content = resultsFirst(turn.content)
  trimPrefill(turns)
  // A conversation that begins with a greeting of the model's: the API wants the person to speak first.
  if (turns[0]?.role === 'assistant') turns.unshift({ role: 'user', content: [{ type: 'text', text: OPENING }] })
  const instructions = system.join('\n\n')
  if (turns.length > 0 || instructions === '') {
    return { system: instructions === '' ? undefined : instructions, messages: turns }
  }
  // The API wants a turn to answer; instructions alone are one.
  return { system: undefined, messages: [{ role: 'user', content: [{ type: 'text', text: instructions }] }] }
}

function contentBlocks(part: ContentPart): Block[] {
  switch (part.type) {
    case 'text':
      // The API refuses empty text blocks.
      return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    case 'image':
      return [{ type: 'image', source: { type: 'base64', media_type: part.mediaType, data: part.data } }]
    case 'image-url':
      return [{ type: 'image', source: { type: 'url', url: part.url } }]
  }
}

function toolResult(message: Extract<ChatMessage, { role: 'tool' }>): Block {
  const images = (message.images ?? []).flatMap(contentBlocks)
  const text = message.content === '' ? [] : [{ type: 'text', text: message.content }]
  return {
    type: 'tool_result',
    tool_use_id: toolUseId(message.toolCallId),
    content: images.length === 0 ? message.content : [...text, ...images],
    ...(message.isError === true ? { is_error: true } : {}),
  }
}

function assistantBlocks(message: Extract<ChatMessage, { role: 'assistant' }>, toolNames: ToolNames): Block[] {
  const blocks: Block[] = []
  if (message.reasoningSignature !== undefined) {
    blocks.push({ type: 'thinking', thinking: message.reasoning ?? '', signature: message.reasoningSignature })
  }
  if (message.content.trim() !== '') blocks.push({ type: 'text', text: message.content })
  for (const call of message.toolCalls ?? []) {
    blocks.push({
      type: 'tool_use',
      id: toolUseId(call.id),
      name: toolNames.encode(call.name),
      input: toolInput(call.arguments),
    })
  }
  return blocks
}

/** Ids of other dialects may hold characters that the API refuses. */
function toolUseId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_')
}

/** Arguments as the object that the API wants, also where a model wrote something else. */
function toolInput(text: string): Record<string, unknown> {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
    return { value }
  } catch {
    return { value: text }
  }
}

/** Results have to come before anything else in the turn that answers a call. */
function resultsFirst(blocks: Block[]): Block[] {
  const results = blocks.filter((block) => block.type === 'tool_result')
  if (results.length === 0) return blocks
  return [...results, ...blocks.filter((block) => block.type !== 'tool_result')]
}

/** An answer's given beginning may not end in white space. */
function trimPrefill(turns: Turn[]): void {
  const last = turns.at(-1)
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined
  if (block?.type === 'text' && typeof block.text === 'string') block.text = block.text.trimEnd()
}

function refuseImages(parts: readonly ContentPart[], index: number): void {
  if (parts.every((part) => part.type === 'text')) return
  throw new EngineError('unsupported', 'This model does not see images. Choose one that does, or leave them out.', {
    param: `messages[${index}].content`,
  })
}
