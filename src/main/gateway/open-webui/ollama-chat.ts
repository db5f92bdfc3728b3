import type { RouteOptions } from '../../engine/spec/engine.ts'
import { EngineError } from '../../engine/spec/engine-error.ts'
import type { Exchange } from '../exchange.ts'
import type { JsonBody } from '../json-body.ts'
import { chat } from '../ollama/answers.ts'

/** POST /ollama/api/chat[/{i}]: as Ollama's own, for messages that have something in them, as in Open WebUI. */
export function ollamaChat(exchange: Exchange, options: RouteOptions, body: JsonBody): Promise<void> {
  requireContents(body.json)
  return chat(exchange, options, body)
}

/** What is wrong otherwise is told by who decodes the messages. */
function requireContents(json: unknown): void {
  const { messages } = json as { messages?: unknown }
  if (!Array.isArray(messages)) return
  for (const [index, message] of (messages as unknown[]).entries()) {
    if (typeof message !== 'object' || message === null) continue
    const { content, tool_calls } = message as Record<string, unknown>
    if (content != null || tool_calls != null) continue
    const reason = "At least one of 'content' or 'tool_calls' must be provided"
    throw new EngineError('invalid_request', `messages[${index}]: ${reason}`, { param: `messages[${index}]` })
  }
}
