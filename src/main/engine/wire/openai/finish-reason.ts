import type { FinishReason } from '../../spec/stream-part.ts'

/** OpenAI's finish_reason. It has no word for our `error` and `other`; a plain end is the nearest. */
export function openAiFinishReason(reason: FinishReason): 'stop' | 'length' | 'tool_calls' | 'content_filter' {
  switch (reason) {
    case 'length':
      return 'length'
    case 'tool-calls':
      return 'tool_calls'
    case 'content-filter':
      return 'content_filter'
    default:
      return 'stop'
  }
}
