import type { AnswerEvent, Message } from '#shared/chats.ts'
import { MarkdownStream, type MarkdownView } from '../../markdown/markdown-stream.ts'
import { frameIsTaken } from '../../page/frame-turns.ts'

/** What a live answer looks like at this frame. */
export interface LiveAnswer {
  /** The message as last told in full; its text is older than `content` while the answer grows. */
  message: Message
  content: MarkdownView
  /** Characters of the answer so far. */
  length: number
  reasoning: string
  completionTokens: number
  /** What the engine does before the first token; null once text comes. */
  progress: { phase: 'queued' | 'loading' | 'reading'; value: number | null } | null
  ended: boolean
}

/** What the surroundings of a live answer's text show. The same object while nothing but the text grows. */
export type AnswerOutline = Pick<LiveAnswer, 'message' | 'reasoning' | 'progress' | 'ended'> & {
  /** The first character has come. */
  begun: boolean
  /** There is a block to show. */
  hasText: boolean
}

/** Calls back once before the next paint; returns the way to take it back. */
export type Schedule = (run: () => void) => () => void

/** Frames that text leaves to other work in a row, at most. */
const LEFT_IN_A_ROW = 3

/** The next frame; the first that is free where that belongs to other work. */
const onFrame: Schedule = (run) => {
  let left = 0
  const turn = (): void => {
    if (!frameIsTaken() || left === LEFT_IN_A_ROW) {
      run()
      return
    }
    left += 1
    id = requestAnimationFrame(turn)
  }
  let id = requestAnimationFrame(turn)
  return () => cancelAnimationFrame(id)
}

/** Work of one update that is fine at every frame, in ms. Dearer updates are made less often. */
const CHEAP = 4
/** The longest a dear update waits for the next, in ms. */
const SLOWEST = 250

/**
 * The text of one answer while it is being written. Lives outside React: events are gathered and applied once a
 * frame, and only the views of this answer are told.
 */
export class AnswerStream {
  private now: LiveAnswer
  private around: AnswerOutline
  private source = ''
  private markdown = new MarkdownStream()
  private pending: AnswerEvent[] = []
  private cancel: (() => void) | null = null
  private notBefore = 0
  private readonly listeners = new Set<() => void>()
  private readonly schedule: Schedule
  private readonly clock: () => number

  constructor(message: Message, schedule: Schedule = onFrame, clock: () => number = () => performance.now()) {
    this.schedule = schedule
    this.clock = clock
    this.now = {
      message,
      content: this.markdown.view(),
      length: 0,
      reasoning: message.reasoning,
      completionTokens: message.facts?.completionTokens ?? 0,
      progress: null,
      ended: false,
    }
    if (message.content !== '') {
      this.replace(message.content)
      this.now = { ...this.now, content: this.markdown.view(), length: this.source.length }
    }
    this.around = outlineOf(this.now)
  }

  readonly snapshot = (): LiveAnswer => this.now

  readonly outline = (): AnswerOutline => this.around

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  /** Text of the answer so far, for copying. */
  get text(): string {
    return this.source
  }

  /** Takes an event. The end is applied at once, everything else with the next frame. */
  apply(event: AnswerEvent): void {
    if (this.now.ended) return
    this.pending.push(event)
    if (event.type === 'end') {
      this.stop()
      this.flush()
      return
    }
    this.cancel ??= this.schedule(() => this.frame())
  }

  /** Nothing more is applied. */
  stop(): void {
    this.cancel?.()
    this.cancel = null
  }

  private frame(): void {
    this.cancel = null
    const start = this.clock()
    if (start < this.notBefore) {
      this.cancel = this.schedule(() => this.frame())
      return
    }
    this.flush()
    // React draws in a microtask that was queued by telling the listeners: this one comes after it.
    queueMicrotask(() => {
      const cost = this.clock() - start
      this.notBefore = cost > CHEAP ? this.clock() + Math.min(SLOWEST, cost * 8) : 0
    })
  }

  private flush(): void {
    const events = this.pending
    this.pending = []
    let next: LiveAnswer = this.now
    for (const event of events) next = this.step(next, event)
    this.now = {
      ...next,
      content: next.ended ? this.markdown.finish() : this.markdown.view(),
      length: this.source.length,
    }
    const around = outlineOf(this.now)
    if (!sameOutline(around, this.around)) this.around = around
    for (const listener of this.listeners) listener()
  }

  private step(state: LiveAnswer, event: AnswerEvent): LiveAnswer {
    switch (event.type) {
      case 'delta':
        this.source += event.content
        this.markdown.append(event.content)
        return {
          ...state,
          reasoning: state.reasoning + event.reasoning,
          completionTokens: event.completionTokens,
          progress: event.content === '' && event.reasoning === '' ? state.progress : null,
        }
      case 'progress':
        return { ...state, progress: { phase: event.phase, value: event.value } }
      case 'snapshot':
      case 'end':
        this.replace(event.message.content)
        return {
          ...state,
          message: event.message,
          reasoning: event.message.reasoning,
          completionTokens: event.message.facts?.completionTokens ?? state.completionTokens,
          progress: event.message.content === '' && event.message.reasoning === '' ? state.progress : null,
          ended: event.type === 'end',
        }
    }
  }

  /** Takes a whole text. What is already there stays as it is drawn; only another text starts afresh. */
  private replace(content: string): void {
    if (!content.startsWith(this.source)) {
      this.markdown = new MarkdownStream()
      this.source = ''
    }
    this.markdown.append(content.slice(this.source.length))
    this.source = content
  }
}

function outlineOf({ message, reasoning, progress, ended, length, content }: LiveAnswer): AnswerOutline {
  return { message, reasoning, progress, ended, begun: length > 0, hasText: content.blocks.length > 0 }
}

function sameOutline(one: AnswerOutline, other: AnswerOutline): boolean {
  return (
    one.message === other.message &&
    one.reasoning === other.reasoning &&
    one.progress === other.progress &&
    one.ended === other.ended &&
    one.begun === other.begun &&
    one.hasText === other.hasText
  )
}
