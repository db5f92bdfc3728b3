import type { EngineError } from '../../spec/engine-error.ts'
import type { StreamPart, Usage } from '../../spec/stream-part.ts'
import { newToolCallId } from '../collect-answer.ts'
import { jsonText } from '../json-text.ts'
import type { StreamEncoder } from '../stream-encoder.ts'
import { type AnswerIdentity, finishReason } from './chat-answer.ts'
import { openAiErrorBody } from './error-body.ts'
import { openAiFinishReason } from './finish-reason.ts'
import { openAiUsage } from './usage.ts'

export const SSE_CONTENT_TYPE = 'text/event-stream; charset=utf-8'
const DONE = 'data: [DONE]\n\n'

/** An answer as chat completion chunks over SSE. All but the delta's own text is put together once per answer. */
export function openAiChatStream(identity: AnswerIdentity, includeUsage: boolean): StreamEncoder {
  const head =
    `data: {"id":${jsonText(identity.id)},"object":"chat.completion.chunk","created":${identity.created},` +
    `"model":${jsonText(identity.model)},"system_fingerprint":null,"choices":[`
  const open = `${head}{"index":0,"delta":{`
  // A client that asked for usage gets the field on every chunk, null until the last.
  const tail = includeUsage ? '],"usage":null}\n\n' : ']}\n\n'
  const close = `},"logprobs":null,"finish_reason":null}${tail}`
  const first = `${open}"role":"assistant","content":"","refusal":null${close}`
  const textOpen = `${open}"content":`
  const refusalOpen = `${open}"refusal":`

  const named = new Set<number>()
  let begun = false
  let usage: Usage | null = null

  function delta(part: StreamPart): string {
    switch (part.type) {
      case 'text-delta':
        if (part.text === '') return ''
        return (part.isRefusal === true ? refusalOpen : textOpen) + jsonText(part.text) + close
      case 'reasoning-delta': {
        if (part.text === '') return ''
        // Two names are in use for the same thing; clients look for one or the other.
        const text = jsonText(part.text)
        return `${open}"reasoning_content":${text},"reasoning":${text}${close}`
      }
      case 'tool-call-delta':
        if (identity.callsFunctions === true) return functionCall(part)
        return `${open}"tool_calls":[${toolCall(part)}]${close}`
      case 'usage':
        usage = part.usage
        return ''
      case 'finish':
        return (
          `${open}},"logprobs":null,"finish_reason":"${finishReason(part.reason, identity)}"}${tail}` +
          (includeUsage ? `${head}],"usage":${JSON.stringify(openAiUsage(usage))}}\n\n` : '') +
          DONE
        )
      default:
        return ''
    }
  }

  function toolCall(part: Extract<StreamPart, { type: 'tool-call-delta' }>): string {
    const text = jsonText(part.argumentsDelta)
    if (named.has(part.index)) return `{"index":${part.index},"function":{"arguments":${text}}}`
    named.add(part.index)
    const id = jsonText(part.id ?? newToolCallId())
    return `{"index":${part.index},"id":${id},"type":"function","function":{"name":${jsonText(part.name ?? '')},"arguments":${text}}}`
  }

  /** What calls were before tools: one, without an id. */
  function functionCall(part: Extract<StreamPart, { type: 'tool-call-delta' }>): string {
    if (part.index !== 0) return ''
    const name = named.has(0) ? '' : `"name":${jsonText(part.name ?? '')},`
    named.add(0)
    return `${open}"function_call":{${name}"arguments":${jsonText(part.argumentsDelta)}}${close}`
  }

  return {
    contentType: SSE_CONTENT_TYPE,
    encode(part) {
      const text = delta(part)
      if (begun || text === '') return text
      begun = true
      return first + text
    },
    error: sseError,
    keepAlive: () => ': ping\n\n',
  }
}

/** An answer as text completion chunks over SSE. Reasoning has no field there and is left out. */
export function openAiTextStream(identity: AnswerIdentity, includeUsage: boolean): StreamEncoder {
  const head =
    `data: {"id":${jsonText(identity.id)},"object":"text_completion","created":${identity.created},` +
    `"model":${jsonText(identity.model)},"system_fingerprint":null,"choices":[`
  const textOpen = `${head}{"text":`
  const tail = includeUsage ? '],"usage":null}\n\n' : ']}\n\n'
  const close = `,"index":0,"logprobs":null,"finish_reason":null}${tail}`
  let usage: Usage | null = null
  return {
    contentType: SSE_CONTENT_TYPE,
    encode(part) {
      switch (part.type) {
        case 'text-delta':
          return part.text === '' ? '' : textOpen + jsonText(part.text) + close
        case 'usage':
          usage = part.usage
          return ''
        case 'finish':
          return (
            `${textOpen}"","index":0,"logprobs":null,"finish_reason":"${openAiFinishReason(part.reason)}"}${tail}` +
            (includeUsage ? `${head}],"usage":${JSON.stringify(openAiUsage(usage))}}\n\n` : '') +
            DONE
          )
        default:
          return ''
      }
    },
    error: sseError,
    keepAlive: () => ': ping\n\n',
  }
}

/** Clients throw on a `data` that has an `error`; the missing [DONE] tells the others that the answer is not whole. */
function sseError(error: EngineError): string {
  return `data: ${openAiErrorBody(error)}\n\n`
}
