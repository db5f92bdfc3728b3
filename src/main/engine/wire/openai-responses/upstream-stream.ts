import type { FinishReason, StreamPart, Usage } from '../../spec/stream-part.ts'
import { endedWithoutFinish, newToolCallId } from '../collect-answer.ts'
import { malformedAnswer, reportedFailure } from '../openai/upstream-failure.ts'
import { type JsonObject, listOf, objectOf, textOf } from '../openai/upstream-fields.ts'
import { parsedChunk, type UpstreamAnswerReader } from '../openai/upstream-stream.ts'
import { toUsage } from '../openai/upstream-usage.ts'
import { NAMES_AS_SENT, type ToolNames } from '../upstream-tool-names.ts'

const NOTHING: readonly StreamPart[] = []

/** A reader for the events of the Responses API, and for its answer in one piece. */
export function responsesAnswerReader(
  vendor: string,
  toolNames: Pick<ToolNames, 'decode'> = NAMES_AS_SENT,
): UpstreamAnswerReader {
  /** Our index of each function call, by its item. */
  const calls = new Map<string, { index: number; hasArguments: boolean }>()
  /** Items of which text or reasoning came as deltas. */
  const streamed = new Set<string>()
  let lastSummary: string | null = null
  let finish: { reason: FinishReason; raw: string } | null = null
  let usage: Usage | null = null

  function readEvent(event: JsonObject): readonly StreamPart[] {
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        return textDelta(event)
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return reasoningDelta(event)
      case 'response.output_item.added': {
        const item = objectOf(event.item)
        return item?.type === 'function_call' ? [beginCall(itemKey(event, item), item, '')] : NOTHING
      }
      case 'response.function_call_arguments.delta':
        return argumentsDelta(itemKey(event, null), textOf(event.delta) ?? '')
      case 'response.output_item.done':
        return wholeItem(itemKey(event, objectOf(event.item)), objectOf(event.item))
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.done':
        return closing(objectOf(event.response))
      case 'error':
        throw reportedFailure(vendor, event.error ?? event, event)
      default:
        if (event.type === undefined && event.error !== undefined) throw reportedFailure(vendor, event.error, event)
        return NOTHING
    }
  }

  function textDelta(event: JsonObject): readonly StreamPart[] {
    const text = textOf(event.delta)
    if (text === null) return NOTHING
    streamed.add(itemKey(event, null))
    return [event.type === 'response.refusal.delta' ? refused(text) : { type: 'text-delta', text }]
  }

  function reasoningDelta(event: JsonObject): readonly StreamPart[] {
    const text = textOf(event.delta)
    if (text === null) return NOTHING
    const item = itemKey(event, null)
    streamed.add(item)
    const summary = `${item} ${String(event.summary_index ?? event.content_index ?? 0)}`
    // Each summary is a paragraph of its own.
    const lead = lastSummary === null || lastSummary === summary ? '' : '\n\n'
    lastSummary = summary
    return [{ type: 'reasoning-delta', text: lead + text }]
  }

  function beginCall(key: string, item: JsonObject, argumentsText: string): StreamPart {
    const name = textOf(item.name)
    if (name === null) throw malformedAnswer(vendor, 'called a tool without naming it.')
    const call = { index: calls.size, hasArguments: argumentsText !== '' }
    calls.set(key, call)
    const id = textOf(item.call_id) ?? textOf(item.id) ?? newToolCallId()
    return {
      type: 'tool-call-delta',
      index: call.index,
      id,
      name: toolNames.decode(name),
      argumentsDelta: argumentsText,
    }
  }

  function argumentsDelta(key: string, text: string): readonly StreamPart[] {
    const call = calls.get(key)
    if (call === undefined || text === '') return NOTHING
    call.hasArguments = true
    return [{ type: 'tool-call-delta', index: call.index, argumentsDelta: text }]
  }

  /** What of a finished item has not come as deltas. */
  function wholeItem(key: string, item: JsonObject | null): readonly StreamPart[] {
    if (item === null) return NOTHING
    if (item.type === 'function_call') {
      const text = textOf(item.arguments) ?? ''
      const call = calls.get(key)
      if (call === undefined) return [beginCall(key, item, text)]
      return call.hasArguments ? NOTHING : argumentsDelta(key, text)
    }
    if (streamed.has(key)) return NOTHING
    streamed.add(key)
    const parts: StreamPart[] = []
    if (item.type === 'message') {
      for (const part of listOf(item.content)) {
        const text = textOf(objectOf(part)?.text)
        if (text !== null) parts.push({ type: 'text-delta', text })
        const refusal = textOf(objectOf(part)?.refusal)
        if (refusal !== null) parts.push(refused(refusal))
      }
    }
    if (item.type === 'reasoning') {
      const thoughts = [...listOf(item.summary), ...listOf(item.content)].map((part) => textOf(objectOf(part)?.text))
      const text = thoughts.filter((thought) => thought !== null).join('\n\n')
      if (text !== '') parts.push({ type: 'reasoning-delta', text })
    }
    return parts
  }

  function closing(response: JsonObject | null): readonly StreamPart[] {
    if (response === null) throw malformedAnswer(vendor, 'ended its answer without saying what became of it.')
    const error = objectOf(response.error)
    if (error !== null || response.status === 'failed') throw reportedFailure(vendor, error ?? 'It failed.', response)
    usage = toUsage(response.usage) ?? usage
    const parts = listOf(response.output).flatMap((each, index) => {
      const item = objectOf(each)
      return wholeItem(itemKey({ output_index: index }, item), item)
    })
    if (response.status === 'incomplete') {
      const raw = textOf(objectOf(response.incomplete_details)?.reason) ?? 'incomplete'
      const reason = raw === 'max_output_tokens' ? 'length' : raw === 'content_filter' ? 'content-filter' : 'other'
      finish = { reason, raw }
    } else if (response.status === 'cancelled') {
      throw malformedAnswer(vendor, 'cancelled its answer.')
    } else {
      finish = { reason: calls.size > 0 ? 'tool-calls' : 'stop', raw: textOf(response.status) ?? 'completed' }
    }
    return parts
  }

  return {
    get isDone() {
      return finish !== null
    },
    get isWhole() {
      return finish !== null
    },
    read(data) {
      const text = data.trim()
      return text === '' || text === '[DONE]' ? NOTHING : readEvent(parsedChunk(data, vendor))
    },
    readWhole(answer) {
      const value = objectOf(answer)
      if (value !== null && value.error != null) throw reportedFailure(vendor, value.error, value)
      if (value === null || !Array.isArray(value.output)) {
        throw malformedAnswer(
          vendor,
          'answered with JSON that is no response.',
          (JSON.stringify(answer) ?? '').slice(0, 200),
        )
      }
      return closing(value)
    },
    end() {
      if (finish === null) throw endedWithoutFinish()
      const parts: StreamPart[] = []
      if (usage !== null) parts.push({ type: 'usage', usage })
      parts.push({ type: 'finish', ...finish })
      return parts
    },
  }
}

function refused(text: string): StreamPart {
  return { type: 'text-delta', text, isRefusal: true }
}

/** What an event is about: its place in the output, which every event has; the item's id changes with some servers. */
function itemKey(event: JsonObject, item: JsonObject | null): string {
  if (typeof event.output_index === 'number') return String(event.output_index)
  return textOf(event.item_id) ?? textOf(item?.id) ?? ''
}
