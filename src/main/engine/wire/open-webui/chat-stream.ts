import type { Timings, Usage } from '../../spec/stream-part.ts'
import { jsonText } from '../json-text.ts'
import type { AnswerIdentity } from '../openai/chat-answer.ts'
import { openAiChatStream } from '../openai/chat-stream.ts'
import { openAiFinishReason } from '../openai/finish-reason.ts'
import type { StreamEncoder } from '../stream-encoder.ts'
import { openWebUiUsage } from './usage.ts'

/**
 * An answer as Open WebUI streams it: OpenAI's chunks, and for what Ollama served the last of them has the usage with
 * Ollama's own counts and speeds, asked for or not. Who serves it is known once the answer ends.
 */
export function webUiChatStream(
  identity: AnswerIdentity,
  includeUsage: boolean,
  servedByOllama: () => boolean,
): StreamEncoder {
  const inner = openAiChatStream(identity, includeUsage)
  let usage: Usage | null = null
  let timings: Timings | null = null
  return {
    ...inner,
    encode(part) {
      if (part.type === 'usage') {
        usage = part.usage
        timings = part.timings ?? null
      }
      if (part.type !== 'finish' || usage === null || !servedByOllama()) return inner.encode(part)
      return (
        `data: {"id":${jsonText(identity.id)},"object":"chat.completion.chunk","created":${identity.created},` +
        `"model":${jsonText(identity.model)},"system_fingerprint":null,"choices":[{"index":0,"delta":{},` +
        `"logprobs":null,"finish_reason":"${openAiFinishReason(part.reason)}"}],` +
        `"usage":${JSON.stringify(openWebUiUsage(usage, timings))}}\n\ndata: [DONE]\n\n`
      )
    },
  }
}
