import type { FinishReason, StreamPart, Timings, Usage } from '../../spec/stream-part.ts'
import { newToolCallId } from '../collect-answer.ts'
import { OddLine } from './upstream-errors.ts'
import { isObject } from './upstream-options.ts'

type Json = Record<string, unknown>

const METRICS = [
  'total_duration',
  'load_duration',
  'prompt_eval_count',
  'prompt_eval_duration',
  'eval_count',
  'eval_duration',
] as const

/**
 * Reads the lines of one answer of /api/chat or /api/generate. Ollama sends each tool call whole, with its arguments as
 * an object; older releases give calls no id, so one is made. Holds one answer's state.
 */
export class OllamaAnswer {
  readonly #callIds = new Set<string>()
  #done = false

  /** True once the line with `"done": true` was read: nothing follows it. */
  get isDone(): boolean {
    return this.#done
  }

  /** Parts of one line. Throws OddLine for an error and for what is not Ollama's format. */
  read(line: string): StreamPart[] {
    const value = parsed(line)
    // Ollama's own is a text; servers that only imitate it send an object.
    if (typeof value.error === 'string' || isObject(value.error)) throw new OddLine('error')
    const message = isObject(value.message) ? value.message : { content: value.response, thinking: value.thinking }
    const parts: StreamPart[] = []
    if (typeof message.thinking === 'string' && message.thinking !== '') {
      parts.push({ type: 'reasoning-delta', text: message.thinking })
    }
    if (typeof message.content === 'string' && message.content !== '') {
      parts.push({ type: 'text-delta', text: message.content })
    }
    if (Array.isArray(message.tool_calls)) for (const call of message.tool_calls) parts.push(this.#toolCall(call))
    if (value.done === true) parts.push(...this.#end(value))
    return parts
  }

  #toolCall(call: unknown): StreamPart {
    const called = isObject(call) && isObject(call.function) ? call.function : null
    if (called === null || typeof called.name !== 'string') throw new OddLine('not-ollama')
    const given = isObject(call) && typeof call.id === 'string' ? call.id : ''
    const id = given === '' || this.#callIds.has(given) ? newToolCallId() : given
    const index = this.#callIds.size
    this.#callIds.add(id)
    return {
      type: 'tool-call-delta',
      index,
      id,
      name: called.name,
      argumentsDelta: JSON.stringify(called.arguments ?? {}),
    }
  }

  #end(value: Json): StreamPart[] {
    this.#done = true
    const raw = typeof value.done_reason === 'string' ? value.done_reason : 'stop'
    const finish: StreamPart = {
      type: 'finish',
      reason: this.#callIds.size > 0 ? 'tool-calls' : finishReason(raw),
      raw,
    }
    const usage = ollamaUsage(value)
    return usage === null ? [finish] : [{ type: 'usage', ...usage }, finish]
  }
}

function parsed(line: string): Json {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    // Told below, as JSON that is no object is.
  }
  if (!isObject(value)) throw new OddLine('not-ollama')
  return value
}

/** Counts and times of an answer's last line; null if it has none (a model was only loaded). Times come in ns. */
export function ollamaUsage(line: Readonly<Json>): { usage: Usage; timings: Timings } | null {
  const raw = Object.fromEntries(
    METRICS.flatMap((name) => (typeof line[name] === 'number' ? [[name, line[name]]] : [])),
  )
  if (Object.keys(raw).length === 0) return null
  const count = (name: (typeof METRICS)[number]): number => raw[name] ?? 0
  const ms = (name: (typeof METRICS)[number]): number => count(name) / 1e6
  return {
    usage: { promptTokens: count('prompt_eval_count'), completionTokens: count('eval_count'), raw },
    timings: {
      queueMs: 0,
      loadMs: ms('load_duration'),
      promptMs: ms('prompt_eval_duration'),
      generateMs: ms('eval_duration'),
    },
  }
}

/** `load` and `unload` end a request that asked for nothing else. */
function finishReason(raw: string): FinishReason {
  if (raw === 'length') return 'length'
  return raw === 'stop' || raw === 'load' || raw === 'unload' ? 'stop' : 'other'
}
