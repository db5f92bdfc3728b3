import { EngineError } from '../../spec/engine-error.ts'
import type { StreamPart, Timings, Usage } from '../../spec/stream-part.ts'
import { endedWithoutFinish } from '../collect-answer.ts'
import { TextEvents } from '../text-events.ts'
import { NAMES_AS_SENT, type ToolNames } from '../upstream-tool-names.ts'
import type { CallExtras } from './call-extras.ts'
import { failedFinish, malformedAnswer, reportedFailure } from './upstream-failure.ts'
import { type JsonObject, listOf, objectOf, textOf } from './upstream-fields.ts'
import { toFinishReason } from './upstream-finish-reason.ts'
import { UpstreamToolCalls } from './upstream-tool-calls.ts'
import { toTimings, toUsage, usageOfTimings } from './upstream-usage.ts'

/** Reads one answer of an upstream as engine parts; make one per request. */
export interface UpstreamAnswerReader {
  /** The parts of one SSE `data`. Throws `upstream_error` for what is not JSON, and the error that it reports. */
  read(data: string): readonly StreamPart[]
  /** True once the upstream has said that nothing more comes. */
  readonly isDone: boolean
  /** True once the answer is known to be whole, whatever becomes of the line. */
  readonly isWhole: boolean
  /** The parts of an answer that came as one JSON value instead of a stream. */
  readWhole(answer: unknown): readonly StreamPart[]
  /** The last parts: usage and finish. Throws `upstream_error` if the upstream never said that it has finished. */
  end(): readonly StreamPart[]
}

const NOTHING: readonly StreamPart[] = []
const EXCERPT = 200

/** A reader for chat completion chunks and text completion chunks, of OpenAI and of everything like it. */
export function openAiAnswerReader(
  vendor: string,
  toolNames: Pick<ToolNames, 'decode'> = NAMES_AS_SENT,
  extras: Pick<CallExtras, 'keep'> | null = null,
): UpstreamAnswerReader {
  const calls = new UpstreamToolCalls(toolNames, extras)
  let finish: string | null = null
  let usage: Usage | null = null
  let timings: Timings | null = null
  let isDone = false
  let hasContent = false
  const texts = new TextEvents(contentOf)

  function readChunk(chunk: JsonObject): readonly StreamPart[] {
    if (chunk.error !== undefined && chunk.error !== null) throw reportedFailure(vendor, chunk.error, chunk)
    // vLLM's older shape, with nothing around it.
    if (chunk.object === 'error') throw reportedFailure(vendor, chunk)
    readCounts(chunk)
    const choice = objectOf(listOf(chunk.choices)[0])
    if (choice === null || (typeof choice.index === 'number' && choice.index > 0)) return NOTHING
    if (choice.error !== undefined && choice.error !== null) throw reportedFailure(vendor, choice.error, choice)
    // Some servers close with the whole message again; only one that comes alone is news.
    const delta = objectOf(choice.delta) ?? (hasContent ? null : objectOf(choice.message))
    const parts = delta === null ? textParts(choice) : deltaParts(delta)
    if (parts.length > 0) hasContent = true
    const reason = textOf(choice.finish_reason)
    if (reason !== null) finish = reason
    return parts
  }

  function deltaParts(delta: JsonObject): readonly StreamPart[] {
    const { content } = delta
    // By far the most common chunk: text and nothing else.
    if (typeof content === 'string' && content !== '' && delta.tool_calls === undefined && !hasReasoning(delta)) {
      return [{ type: 'text-delta', text: content }]
    }
    const parts: StreamPart[] = []
    const reasoning = reasoningText(delta)
    if (reasoning !== '') parts.push({ type: 'reasoning-delta', text: reasoning })
    if (typeof content === 'string') {
      if (content !== '') parts.push({ type: 'text-delta', text: content })
    } else {
      for (const part of listOf(content)) pushContentPart(parts, objectOf(part))
    }
    const refusal = textOf(delta.refusal)
    if (refusal !== null) parts.push({ type: 'text-delta', text: refusal, isRefusal: true })
    for (const call of listOf(delta.tool_calls)) {
      const part = calls.read(call)
      if (part !== null) parts.push(part)
    }
    if (objectOf(delta.function_call) !== null) {
      const part = calls.read({ index: 0, function: delta.function_call })
      if (part !== null) parts.push(part)
    }
    return parts
  }

  function readCounts(chunk: JsonObject): void {
    const raw = objectOf(chunk.usage) ?? objectOf(objectOf(chunk.x_groq)?.usage)
    const measured = objectOf(chunk.timings)
    if (raw === null && measured === null) return
    usage = toUsage(raw) ?? (measured === null ? usage : (usageOfTimings(measured) ?? usage))
    timings = toTimings(measured, raw) ?? timings
  }

  return {
    get isDone() {
      return isDone
    },
    get isWhole() {
      return finish !== null
    },
    read(data) {
      if (data === '[DONE]' || data.trim() === '[DONE]') {
        isDone = true
        return NOTHING
      }
      if (data.trim() === '') return NOTHING
      const known = texts.read(data)
      if (known !== null) return known === '' ? NOTHING : [{ type: 'text-delta', text: known }]
      const chunk = parsedChunk(data, vendor)
      const parts = readChunk(chunk)
      const [part] = parts
      if (parts.length === 1 && part?.type === 'text-delta' && saysNothingElse(chunk)) texts.learn(data, part.text)
      return parts
    },
    readWhole(answer) {
      const value = objectOf(answer)
      if (value === null || (value.error == null && value.object !== 'error' && listOf(value.choices).length === 0)) {
        throw malformedAnswer(vendor, 'answered with JSON that is no answer to a chat.', excerptOf(answer))
      }
      const parts = readChunk(value)
      // A whole answer is whole, also where its server does not care to say why it ended.
      finish ??= 'stop'
      return parts
    },
    end() {
      if (finish === null) throw endedWithoutFinish()
      const reason = toFinishReason(finish, calls.any)
      if (reason === 'error') throw failedFinish(vendor, finish)
      if (calls.hasNameless()) throw malformedAnswer(vendor, 'called a tool without naming it.')
      const parts: StreamPart[] = []
      if (usage !== null) parts.push({ type: 'usage', usage, ...(timings === null ? {} : { timings }) })
      parts.push({ type: 'finish', reason, raw: finish })
      return parts
    },
  }
}

/** One SSE `data` as an object. Throws `upstream_error` with an excerpt of it. */
export function parsedChunk(data: string, vendor: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    throw malformedAnswer(vendor, 'sent something in its stream that is not JSON.', data.slice(0, EXCERPT))
  }
  const chunk = objectOf(value)
  if (chunk === null) {
    throw malformedAnswer(vendor, 'sent something in its stream that is no chunk of an answer.', data.slice(0, EXCERPT))
  }
  return chunk
}

/** Where chats have a chunk's text. */
function contentOf(chunk: unknown): unknown {
  return objectOf(objectOf(listOf(objectOf(chunk)?.choices)[0])?.delta)?.content
}

/** No end and no counts beside its text. */
function saysNothingElse(chunk: JsonObject): boolean {
  const reason = objectOf(listOf(chunk.choices)[0])?.finish_reason
  const counts = [chunk.usage, chunk.x_groq, chunk.timings]
  return (reason === undefined || reason === null) && counts.every((each) => each === undefined || each === null)
}

function hasReasoning(delta: JsonObject): boolean {
  return delta.reasoning_content !== undefined || delta.reasoning !== undefined || delta.reasoning_details !== undefined
}

/** Several fields are in use, some servers fill two of them with the same text: the first that says something counts. */
function reasoningText(delta: JsonObject): string {
  const plain = textOf(delta.reasoning_content) ?? textOf(delta.reasoning)
  if (plain !== null) return plain
  let text = ''
  for (const detail of listOf(delta.reasoning_details)) {
    const fields = objectOf(detail)
    text += textOf(fields?.text) ?? textOf(fields?.summary) ?? ''
  }
  return text
}

/** Mistral's reasoning models send their content in parts. */
function pushContentPart(parts: StreamPart[], part: JsonObject | null): void {
  if (part === null) return
  const text = textOf(part.text)
  if (text !== null) parts.push({ type: 'text-delta', text })
  const refusal = textOf(part.refusal)
  if (refusal !== null) parts.push({ type: 'text-delta', text: refusal, isRefusal: true })
  const thinking = textOf(part.thinking)
  if (thinking !== null) parts.push({ type: 'reasoning-delta', text: thinking })
  for (const thought of listOf(part.thinking)) {
    const thoughtText = textOf(objectOf(thought)?.text)
    if (thoughtText !== null) parts.push({ type: 'reasoning-delta', text: thoughtText })
  }
}

function textParts(choice: JsonObject): readonly StreamPart[] {
  const text = textOf(choice.text)
  return text === null ? NOTHING : [{ type: 'text-delta', text }]
}

function excerptOf(value: unknown): string {
  return (JSON.stringify(value) ?? '').slice(0, EXCERPT)
}

/** True for an error that only says how the line ended, after which a whole answer is still whole. */
export function isBrokenLine(error: unknown): boolean {
  return error instanceof EngineError && (error.code === 'upstream_error' || error.code === 'idle_timeout')
}
