import type { Message } from '#shared/chats.ts'
import { batchesOf } from '../spec/batched.ts'
import type { Clock } from '../spec/clock.ts'
import type { Caller, ChatRun, Logger, Pipeline, RouteRecord } from '../spec/engine.ts'
import { EngineError, toEngineError, toPublicError } from '../spec/engine-error.ts'
import type { FinishReason, StreamPart } from '../spec/stream-part.ts'
import type { AnswerUpdate } from '../storage/index.ts'
import { measureAnswer } from './answer-measure.ts'
import type { BuiltRequest } from './chat-request.ts'
import { assembleToolCalls } from './tool-call-assembly.ts'

/** Longest time that received text waits for its commit. */
const FLUSH_MS = 500
/** Between attempts to save the end of an answer that the disk refused. */
const RETRY_MS = 2000

/** Waiting, with the reason. */
export type GenerationProgress = Pick<Extract<StreamPart, { type: 'progress' }>, 'phase' | 'value'>

/** One answer being generated. It belongs to the engine: who watches it, or whether anyone does, makes no difference to it. */
export interface Generation {
  readonly answerId: string
  readonly conversationId: string
  /** Whose conversation it is. */
  readonly ownerId: string
  /** True once it has its final status, whether or not that could be saved yet. */
  ended(): boolean
  /** The answer as it is now, ahead of its row. */
  message(): Message
  progress(): GenerationProgress | null
  /** Pieces received so far: about one per token. */
  pieces(): number
  /** Calls back on every change. Returns the unsubscribe function. */
  onChange(listener: () => void): () => void
  /** Ends it as stopped by the person; the text stays. No-op once it has ended. */
  stop(): void
  /** Resolves when the upstream has let go, and never rejects. */
  readonly done: Promise<void>
  /** Tries once more to save an end that could not be saved. True if nothing is unsaved. */
  settle(): boolean
}

export interface GenerationOptions {
  /** The committed, empty answer. */
  answer: Message
  ownerId: string
  /** What to ask, and in whose name. */
  request(): Promise<BuiltRequest & { caller: Caller }>
  pipeline: Pick<Pipeline, 'chat'>
  /** A failure as the window says it. */
  inWords(error: EngineError): EngineError
  /** Writes to the answer's row; throws EngineError. */
  save(update: AnswerUpdate): void
  clock: Clock
  log: Logger
  /** The answer has its final status. */
  onEnd(end: { status: Message['status']; route: RouteRecord | null }): void
  /** The row holds everything. */
  onSettled(): void
}

type End = Required<Pick<AnswerUpdate, 'status' | 'facts' | 'toolCalls' | 'error'>>

/** Starts generating. Nothing it does throws: failures become the answer's end. */
export function startGeneration(options: GenerationOptions): Generation {
  const { answer, clock, log } = options
  const abort = new AbortController()
  const measure = measureAnswer(clock)
  const toolCalls = assembleToolCalls()
  const listeners = new Set<() => void>()
  let content = answer.content
  let reasoning = answer.reasoning
  let saved = { content: content.length, reasoning: reasoning.length }
  let pieces = 0
  let progress: GenerationProgress | null = null
  let chat: ChatRun | null = null
  let route: RouteRecord | null = null
  let end: End | null = null
  let unsavedBecause: EngineError | null = null
  let settled = false
  let timer: { cancel(): void } | null = null

  function changed(): void {
    for (const listener of [...listeners]) listener()
  }

  function save(update: Omit<AnswerUpdate, 'content' | 'reasoning'>): void {
    const now = { content: content.length, reasoning: reasoning.length }
    options.save({ content: content.slice(saved.content), reasoning: reasoning.slice(saved.reasoning), ...update })
    saved = now
  }

  function schedule(ms: number, action: () => void): void {
    timer ??= clock.setTimeout(() => {
      timer = null
      action()
    }, ms)
  }

  /** The route changes until the first content: each attempt that failed moves on to the next holder. */
  function lookAtRoute(): void {
    if (chat === null || chat.route === route) return
    route = chat.route
    measure.routed(route)
    changed()
  }

  function flush(): void {
    try {
      save({ facts: measure.facts(null) })
    } catch (error) {
      // The text is still here, and the next flush carries it along.
      log.warn({ err: error, answerId: answer.id }, 'an answer could not be saved while it streams; trying again')
      schedule(RETRY_MS, flush)
    }
  }

  function settle(): boolean {
    if (settled || end === null) return settled
    try {
      save(end)
      settled = true
      unsavedBecause = null
    } catch (error) {
      unsavedBecause = toEngineError(error)
      log.error({ err: error, answerId: answer.id }, 'the end of an answer could not be saved; trying again')
      schedule(RETRY_MS, () => {
        if (settle()) changed()
      })
      return false
    }
    options.onSettled()
    return true
  }

  function finish(status: Message['status'], reason: FinishReason | null, error: EngineError | null): void {
    if (end !== null) return
    lookAtRoute()
    measure.end()
    timer?.cancel()
    timer = null
    progress = null
    const requestId = route?.requestId
    end = {
      status,
      facts: measure.facts(reason),
      toolCalls: toolCalls.calls(),
      error: error === null ? null : toPublicError(error, requestId),
    }
    settle()
    options.onEnd({ status, route })
    changed()
  }

  function piece(): void {
    pieces++
    progress = null
    measure.delta()
    schedule(FLUSH_MS, flush)
    changed()
  }

  function take(part: StreamPart): void {
    lookAtRoute()
    switch (part.type) {
      case 'progress':
        progress = { phase: part.phase, value: part.value }
        changed()
        break
      case 'text-delta':
        content += part.text
        piece()
        break
      case 'reasoning-delta':
        reasoning += part.text
        piece()
        break
      case 'tool-call-delta':
        toolCalls.add(part)
        piece()
        break
      case 'usage':
        measure.used(part.usage, part.timings)
        break
      case 'finish':
        if (part.reason === 'error') {
          finish('failed', 'error', new EngineError('upstream_error', 'The model ended the answer with an error.'))
        } else {
          finish('complete', part.reason, null)
        }
        break
      case 'error':
        finish('failed', 'error', part.error)
        break
    }
  }

  async function run(): Promise<void> {
    try {
      const { request, notes, caller } = await options.request()
      if (end !== null) return
      measure.noted(notes)
      chat = await options.pipeline.chat(request, caller, abort.signal)
      lookAtRoute()
      // After the end the rest is still drawn, so that the upstream comes to its own end.
      for await (const batch of batchesOf(chat.parts)) {
        for (const part of batch) if (end === null) take(part)
      }
      finish('failed', 'error', new EngineError('upstream_error', 'The answer broke off without an end.'))
    } catch (error) {
      if (end !== null) log.debug({ err: error, answerId: answer.id }, 'an ended answer let go of its upstream')
      finish('failed', 'error', options.inWords(toEngineError(error)))
    }
  }

  return {
    answerId: answer.id,
    conversationId: answer.conversationId,
    ownerId: options.ownerId,
    ended: () => end !== null,
    message() {
      const live = { ...answer, content, reasoning, facts: measure.facts(null) }
      if (end === null) return live
      const ended = { ...live, ...end }
      return unsavedBecause === null ? ended : { ...ended, status: 'failed', error: toPublicError(unsavedBecause) }
    },
    progress: () => progress,
    pieces: () => pieces,
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    stop() {
      if (end !== null) return
      finish('stopped', null, null)
      abort.abort()
    },
    done: run(),
    settle,
  }
}
