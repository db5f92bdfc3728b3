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
          ...(toolCalls.length === 0
            ? {}
            : {
                tool_calls: toolCalls.map((call) => ({
                  id: call.id,
                  type: 'function',
                  function: { name: call.name, arguments: call.arguments },
                })),
              }),
        },
        logprobs: null,
        finish_reason: openAiFinishReason(finish),
      },
    ],
    usage: openAiUsage(usage),
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
