import type { EngineError } from '../../spec/engine-error.ts'
import type { StreamPart, Timings, Usage } from '../../spec/stream-part.ts'
import { isContent, ToolCallAssembly } from '../collect-answer.ts'
import { jsonLine, jsonText } from '../json-text.ts'
import type { StreamEncoder } from '../stream-encoder.ts'
import { ollamaDoneReason, ollamaMetrics } from './answer-metrics.ts'
import { ollamaErrorBody } from './error-body.ts'
import { ollamaTimestamp } from './timestamps.ts'
import { ollamaToolCalls } from './tool-calls.ts'

export const NDJSON_CONTENT_TYPE = 'application/x-ndjson'

/** How /api/chat and /api/generate wrap one piece of text or of thinking (both given as JSON string literals). */
interface Wrapping {
  text(literal: string): string
  thinking(literal: string): string
}

const CHAT: Wrapping = {
  text: (literal) => `"message":{"role":"assistant","content":${literal}}`,
  thinking: (literal) => `"message":{"role":"assistant","content":"","thinking":${literal}}`,
}
const GENERATE: Wrapping = {
  text: (literal) => `"response":${literal}`,
  thinking: (literal) => `"response":"","thinking":${literal}`,
}

/**
 * An answer as Ollama's NDJSON lines. Tool calls are held until they are whole, as Ollama's shape needs it.
 * `elapsedMs` tells the time since the request came in.
 */
export function ollamaStream(kind: 'chat' | 'generate', model: string, elapsedMs: () => number): StreamEncoder {
  const wrap = kind === 'chat' ? CHAT : GENERATE
  const head = `{"model":${jsonText(model)},"created_at":"`
  const more = ',"done":false}\n'
  const toolCalls = new ToolCallAssembly()
  let usage: Usage | null = null
  let timings: Timings | null = null
  let firstAt: number | undefined

  function line(fields: string): string {
    return `${head}${ollamaTimestamp()}",${fields}${more}`
  }

  function end(part: Extract<StreamPart, { type: 'finish' }>): string {
    const calls = ollamaToolCalls(toolCalls.take(), part.reason)
    const said = calls.length === 0 || kind === 'generate' ? '' : line(callFields(calls))
    const metrics = JSON.stringify(ollamaMetrics(usage, timings, elapsedMs(), firstAt)).slice(1)
    const reason = ollamaDoneReason(part.reason, part.raw)
    return `${said}${head}${ollamaTimestamp()}",${wrap.text('""')},"done":true,"done_reason":"${reason}",${metrics}\n`
  }

  return {
    contentType: NDJSON_CONTENT_TYPE,
    encode(part) {
      if (firstAt === undefined && isContent(part)) firstAt = performance.now()
      switch (part.type) {
        case 'text-delta':
          return part.text === '' ? '' : line(wrap.text(jsonText(part.text)))
        case 'reasoning-delta':
          return part.text === '' ? '' : line(wrap.thinking(jsonText(part.text)))
        case 'tool-call-delta':
          toolCalls.add(part)
          return ''
        case 'usage':
          usage = part.usage
          timings = part.timings ?? null
          return ''
        case 'finish':
          return end(part)
        default:
          return ''
      }
    },
    error: (error: EngineError) => `${ollamaErrorBody(error, model)}\n`,
    // NDJSON has no comments; an empty delta is what Ollama itself sends often enough.
    keepAlive: () => line(wrap.text('""')),
  }
}

function callFields(calls: object[]): string {
  return `"message":{"role":"assistant","content":"","tool_calls":${jsonLine(calls)}}`
}
