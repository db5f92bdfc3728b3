import type { ChatRequest } from '../spec/chat-request.ts'

/** Characters of a text per token: English prose is near 4, code and other scripts are below. */
const CHARACTERS_PER_TOKEN = 3.6
/** What a message costs beside its text. */
const PER_MESSAGE = 4
/** A picture of usual size. */
const PER_IMAGE = 800

/** Prompt tokens of a request whose upstream cannot count them. Within about a fifth for English text. */
export function estimateTokens({ messages, tools }: Pick<ChatRequest, 'messages' | 'tools'>): number {
  let characters = tools === undefined ? 0 : JSON.stringify(tools).length
  let extra = 0
  for (const message of messages) {
    extra += PER_MESSAGE
    switch (message.role) {
      case 'user':
        for (const part of message.content) {
          if (part.type === 'text') characters += part.text.length
          else extra += PER_IMAGE
        }
        break
      case 'assistant':
        characters += message.content.length
        for (const call of message.toolCalls ?? []) characters += call.name.length + call.arguments.length
        break
      case 'tool':
        characters += message.content.length
        extra += PER_IMAGE * (message.images?.length ?? 0)
        break
      default:
        characters += message.content.length
    }
  }
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + extra
}
