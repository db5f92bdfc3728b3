import type { ToolCall } from '../../spec/chat-request.ts'
import type { FinishReason } from '../../spec/stream-part.ts'
import type { WholeAnswer } from '../collect-answer.ts'
import { openAiFinishReason } from './finish-reason.ts'
import { openAiUsage } from './usage.ts'

/** What an answer is known by: ids and times that all its chunks share. */
export interface AnswerIdentity {
  id: string
  /** Epoch seconds. */
  created: number
  /** The model as the client named it. */
  model: string
  /** True if the client offered `functions`, which are called one at a time and in words of their own. */
  callsFunctions?: boolean | undefined
}

/** A whole answer as a `chat.completion` object. */
export function openAiChatCompletion(identity: AnswerIdentity, answer: WholeAnswer): object {
  const { text, isRefusal, reasoning, toolCalls, finish, usage } = answer
  return {
    id: identity.id,
    object: 'chat.completion',
    created: identity.created,
    model: identity.model,
    system_fingerprint: null,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: isRefusal === true || (text === '' && toolCalls.length > 0) ? null : text,
          refusal: isRefusal === true ? text : null,
          // Two names are in use for the same thing; clients look for one or the other.
          ...(reasoning === '' ? {} : { reasoning_content: reasoning, reasoning }),
          ...callFields(toolCalls, identity),
        },
        logprobs: null,
        finish_reason: finishReason(finish, identity),
      },
    ],
    usage: openAiUsage(usage),
  }
}

/** Why a chat's answer ended, in the words of what its client offered. */
export function finishReason(finish: FinishReason, { callsFunctions }: AnswerIdentity): string {
  const reason = openAiFinishReason(finish)
  return reason === 'tool_calls' && callsFunctions === true ? 'function_call' : reason
}

function callFields(toolCalls: readonly ToolCall[], { callsFunctions }: AnswerIdentity): object {
  const [first] = toolCalls
  if (first === undefined) return {}
  if (callsFunctions === true) return { function_call: { name: first.name, arguments: first.arguments } }
  return {
    tool_calls: toolCalls.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.arguments },
    })),
  }
}

/** A whole answer as a `text_completion` object. */
export function openAiTextCompletion(identity: AnswerIdentity, answer: WholeAnswer): object {
  return {
    id: identity.id,
    object: 'text_completion',
    created: identity.created,
    model: identity.model,
    system_fingerprint: null,
    choices: [{ text: answer.text, index: 0, logprobs: null, finish_reason: openAiFinishReason(answer.finish) }],
    usage: openAiUsage(answer.usage),
  }
}
