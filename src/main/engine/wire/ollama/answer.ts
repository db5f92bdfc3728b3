import type { WholeAnswer } from '../collect-answer.ts'
import { ollamaDoneReason, ollamaMetrics } from './answer-metrics.ts'
import { ollamaTimestamp } from './timestamps.ts'
import { ollamaToolCalls } from './tool-calls.ts'

/** A whole answer of /api/chat. */
export function ollamaChatAnswer(model: string, answer: WholeAnswer, totalMs: number): object {
  const toolCalls = ollamaToolCalls(answer.toolCalls, answer.finish)
  return {
    model,
    created_at: ollamaTimestamp(),
    message: {
      role: 'assistant',
      content: answer.text,
      ...(answer.reasoning === '' ? {} : { thinking: answer.reasoning }),
      ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    },
    done: true,
    done_reason: ollamaDoneReason(answer.finish, answer.finishRaw),
    ...ollamaMetrics(answer.usage, answer.timings, totalMs, answer.firstAt),
  }
}

/** A whole answer of /api/generate. */
export function ollamaGenerateAnswer(model: string, answer: WholeAnswer, totalMs: number): object {
  return {
    model,
    created_at: ollamaTimestamp(),
    response: answer.text,
    ...(answer.reasoning === '' ? {} : { thinking: answer.reasoning }),
    done: true,
    done_reason: ollamaDoneReason(answer.finish, answer.finishRaw),
    ...ollamaMetrics(answer.usage, answer.timings, totalMs, answer.firstAt),
  }
}

/** The answer to a request without a prompt: the model was loaded or unloaded. */
export function ollamaLoadAnswer(kind: 'chat' | 'generate', model: string, doneReason: 'load' | 'unload'): object {
  return {
    model,
    created_at: ollamaTimestamp(),
    ...(kind === 'chat' ? { message: { role: 'assistant', content: '' } } : { response: '' }),
    done: true,
    done_reason: doneReason,
  }
}
