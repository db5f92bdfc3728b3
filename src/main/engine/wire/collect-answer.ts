import { batchesOf } from '../spec/batched.ts'
import type { ToolCall } from '../spec/chat-request.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { FinishReason, StreamPart, Timings, Usage } from '../spec/stream-part.ts'

/** A whole answer, put together from its parts. */
export interface WholeAnswer {
  text: string
  /** True if the text says that the model will not answer. */
  isRefusal?: true
  reasoning: string
  /** What proves `reasoning` to its author, if it gave a proof. */
  reasoningSignature?: string
  toolCalls: ToolCall[]
  usage: Usage | null
  timings: Timings | null
  finish: FinishReason
  /** The upstream's own word for `finish`. */
  finishRaw?: string
  /** The stop text that it ran into, where the upstream tells which. */
  stopSequence?: string
  /** When its first content came, monotonic ms; absent for one without any. */
  firstAt?: number
}

/** Reads an answer to its end. Throws its `error` part, and `upstream_error` if it ends without a `finish`. */
export async function collectAnswer(parts: AsyncIterable<StreamPart>): Promise<WholeAnswer> {
  const answer: WholeAnswer = { text: '', reasoning: '', toolCalls: [], usage: null, timings: null, finish: 'other' }
  const toolCalls = new ToolCallAssembly()
  let finished = false

  function take(part: StreamPart): void {
    if (answer.firstAt === undefined && isContent(part)) answer.firstAt = performance.now()
    switch (part.type) {
      case 'text-delta':
        answer.text += part.text
        if (part.isRefusal === true) answer.isRefusal = true
        break
      case 'reasoning-delta':
        answer.reasoning += part.text
        if (part.signature !== undefined) answer.reasoningSignature = part.signature
        break
      case 'tool-call-delta':
        toolCalls.add(part)
        break
      case 'usage':
        answer.usage = part.usage
        answer.timings = part.timings ?? null
        break
      case 'finish':
        answer.finish = part.reason
        if (part.raw !== undefined) answer.finishRaw = part.raw
        if (part.stopSequence !== undefined) answer.stopSequence = part.stopSequence
        finished = true
        break
      case 'error':
        throw part.error
      case 'progress':
        break
    }
  }

  for await (const batch of batchesOf(parts)) for (const part of batch) take(part)
  if (!finished) throw endedWithoutFinish()
  answer.toolCalls = toolCalls.take()
  return answer
}

/** True for what a reader sees of an answer. */
export function isContent({ type }: StreamPart): boolean {
  return type === 'text-delta' || type === 'reasoning-delta' || type === 'tool-call-delta'
}

/** What a stream that simply stops is called, in every dialect. */
export function endedWithoutFinish(): EngineError {
  return new EngineError(
    'upstream_error',
    'The answer broke off: its stream ended without saying that it is finished.',
    {
      retryable: true,
    },
  )
}

/** Gathers tool-call deltas until their calls are whole. */
export class ToolCallAssembly {
  #calls = new Map<number, ToolCall>()

  add(part: Extract<StreamPart, { type: 'tool-call-delta' }>): void {
    const call = this.#calls.get(part.index)
    if (call === undefined) {
      const id = part.id ?? newToolCallId()
      this.#calls.set(part.index, { id, name: part.name ?? '', arguments: part.argumentsDelta })
      return
    }
    if (call.name === '' && part.name !== undefined) call.name = part.name
    call.arguments += part.argumentsDelta
  }

  /** The calls so far, by index; empties the assembly. */
  take(): ToolCall[] {
    const calls = [...this.#calls.entries()].sort(([a], [b]) => a - b).map(([, call]) => call)
    this.#calls = new Map()
    return calls
  }
}

/** An id for a tool call whose upstream gave none. */
export function newToolCallId(): string {
  return `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`
}
