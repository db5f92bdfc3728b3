import type { Conversation, Message, NewImage, Thread } from '#shared/chats.ts'
import type { PublicError } from '#shared/errors.ts'
import type { Client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'
import { AnswerStream, type Schedule } from './answer-stream.ts'
import { MessageWindow, PAGE } from './message-window.ts'
import { keepParsed } from './parsed-answers.ts'
import { waitFor, watchAnswer } from './watch-answer.ts'

/** How much of the end is fetched when a chat is opened. */
const TAIL = 50

export interface ThreadState {
  state: 'loading' | 'ready' | 'failed'
  error: PublicError | null
  conversation: Conversation | null
  /** Messages on the active branch. */
  total: number
  leafId: string | null
  /** Counts up whenever a message or the branch changes. */
  version: number
}

export interface ThreadStoreOptions {
  client: Client
  conversationId: string
  /** An answer that this store was following has ended. */
  onEnd?: (message: Message) => void
  schedule?: Schedule
}

/**
 * One open conversation: the branch that is shown, the messages around the reader, and the answers being written.
 * Everything the person does to it goes through here.
 */
export class ThreadStore {
  readonly conversationId: string
  private readonly client: Client
  private readonly onEnd: (message: Message) => void
  private readonly schedule: Schedule | undefined
  private closed = new AbortController()
  private readonly messages = new MessageWindow()
  private readonly streams = new Map<string, AnswerStream>()
  private readonly fetching = new Set<number>()
  private readonly listeners = new Set<() => void>()
  /** Counts up with every change of the branch made here: a fetch that began before it is out of date. */
  private branch = 0
  private busy = 0
  private refreshAt: ReturnType<typeof setTimeout> | null = null
  private now: ThreadState = {
    state: 'loading',
    error: null,
    conversation: null,
    total: 0,
    leafId: null,
    version: 0,
  }

  constructor({ client, conversationId, onEnd, schedule }: ThreadStoreOptions) {
    this.client = client
    this.conversationId = conversationId
    this.onEnd = onEnd ?? (() => undefined)
    this.schedule = schedule
  }

  readonly snapshot = (): ThreadState => this.now

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  /** The message at a depth of the branch, if it is here. */
  at(depth: number): Message | undefined {
    return this.messages.at(depth)
  }

  /** The live text of an answer that is being written. */
  streamOf(id: string): AnswerStream | undefined {
    return this.streams.get(id)
  }

  /** The last message of the branch, if it is here. */
  get last(): Message | undefined {
    return this.messages.at(this.now.total - 1)
  }

  /** The answer being written on this branch. */
  get live(): Message | undefined {
    const last = this.last
    return last?.status === 'streaming' ? last : undefined
  }

  /** Starts: fetches the end of the branch. A store that was closed may be opened again. */
  open(): void {
    if (this.closed.signal.aborted) {
      this.closed = new AbortController()
      this.streams.clear()
      this.fetching.clear()
    }
    void this.load()
  }

  /** The conversation as it is now: its title, model, draft. */
  putConversation(conversation: Conversation): void {
    this.set({ conversation })
  }

  /** Fetches the end of the branch. */
  async load(): Promise<void> {
    this.set({ state: this.now.conversation === null ? 'loading' : this.now.state, error: null })
    try {
      const branch = this.branch
      const thread = await this.client.chats.thread(
        { id: this.conversationId, tail: TAIL },
        { signal: this.closed.signal },
      )
      if (branch === this.branch) this.take(thread, Number.POSITIVE_INFINITY)
      // The branch changed here meanwhile: what came is out of date.
      else this.refresh()
    } catch (error) {
      if (this.closed.signal.aborted) return
      this.set({ state: this.now.conversation === null ? 'failed' : 'ready', error: toPublicError(error) })
    }
  }

  /** The engine says that this chat has changed, perhaps by another window. Asks once the changes have settled. */
  refresh(): void {
    if (this.refreshAt !== null || this.closed.signal.aborted) return
    this.refreshAt = setTimeout(() => {
      this.refreshAt = null
      if (this.busy > 0) this.refresh()
      else void this.load()
    }, 200)
  }

  /** Fetches the messages of [from, to) that are not here. */
  ensure(from: number, to: number): void {
    const { leafId, total } = this.now
    if (leafId === null) return
    this.messages.look(from, to)
    for (let page = Math.floor(Math.max(0, from) / PAGE); page * PAGE < Math.min(to, total); page += 1) {
      if (this.fetching.has(page) || this.messages.hasAll(page * PAGE, Math.min((page + 1) * PAGE, total))) continue
      void this.fetchPage(page, leafId)
    }
  }

  private async fetchPage(page: number, leafId: string): Promise<void> {
    this.fetching.add(page)
    const branch = this.branch
    try {
      const found = await this.client.chats.range(
        { id: this.conversationId, leafId, from: page * PAGE, to: (page + 1) * PAGE },
        { signal: this.closed.signal },
      )
      if (branch !== this.branch) return
      for (const message of found) this.hold(message)
      this.changed()
    } catch (error) {
      // The rows stay empty and are asked for again when the reader comes back to them.
      if (!this.closed.signal.aborted) console.warn('Messages could not be fetched', error)
    } finally {
      this.fetching.delete(page)
    }
  }

  /**
   * Sends a message below the branch's end, or below `parentId` as a new branch. `keptImages` are ids of pictures that it
   * takes over from another message.
   */
  async send(
    content: string,
    modelId: string,
    rest: { parentId?: string | null; images?: NewImage[]; keptImages?: string[] } = {},
  ): Promise<Message> {
    return this.act(async () => {
      const { parentId, ...pictures } = rest
      const parent = parentId === undefined ? this.now.leafId : parentId
      const { userMessage, answer } = await this.client.chats.send({
        id: this.conversationId,
        parentId: parent,
        content,
        modelId,
        ...pictures,
      })
      this.follow([userMessage, answer])
      return answer
    })
  }

  /** Another answer to the same message. */
  async rerun(answerId: string, modelId?: string): Promise<Message> {
    return this.act(async () => {
      const answer = await this.client.chats.regenerate({
        id: this.conversationId,
        answerId,
        ...(modelId === undefined ? {} : { modelId }),
      })
      this.follow([answer])
      return answer
    })
  }

  /** Ends the answer; its text until now is kept. */
  async stop(answerId: string): Promise<void> {
    await this.client.chats.stop({ answerId })
  }

  /** Shows the newest branch through a message; what lies before `depth` is the same on both. */
  async select(messageId: string, depth: number): Promise<void> {
    await this.act(async () => {
      this.take(await this.client.chats.selectBranch({ id: this.conversationId, messageId }), depth)
    })
  }

  async remove(message: Message): Promise<void> {
    await this.act(async () => {
      this.take(
        await this.client.chats.removeMessage({ id: this.conversationId, messageId: message.id }),
        message.depth,
      )
    })
  }

  async restore(message: Message): Promise<void> {
    await this.act(async () => {
      this.take(
        await this.client.chats.restoreMessage({ id: this.conversationId, messageId: message.id }),
        message.depth,
      )
    })
  }

  /**
   * Where a message of the branch stands. Messages are created downwards, so a few looks by time find it.
   * Null if it is not on the branch.
   */
  async find(messageId: string, createdAt: number): Promise<number | null> {
    const { leafId, total } = this.now
    if (leafId === null) return null
    let low = 0
    let high = Math.ceil(total / PAGE) - 1
    while (low <= high) {
      const page = (low + high) >> 1
      const from = page * PAGE
      const to = Math.min(total, from + PAGE)
      if (!this.messages.hasAll(from, to)) await this.fetchPage(page, leafId)
      let found: number | null = null
      for (let depth = from; depth < to; depth += 1) if (this.at(depth)?.id === messageId) found = depth
      if (found !== null) return found
      const first = this.at(from)
      if (first === undefined) return null
      if (createdAt < first.createdAt) high = page - 1
      else low = page + 1
    }
    return null
  }

  /** Stops watching. The engine goes on writing. */
  close(): void {
    this.closed.abort()
    if (this.refreshAt !== null) clearTimeout(this.refreshAt)
    this.refreshAt = null
    for (const stream of this.streams.values()) stream.stop()
  }

  private async act<Result>(work: () => Promise<Result>): Promise<Result> {
    this.busy += 1
    try {
      return await work()
    } finally {
      this.busy -= 1
    }
  }

  /** The branch now goes on with these messages. */
  private follow(next: readonly Message[]): void {
    const first = next[0]
    const last = next.at(-1)
    if (first === undefined || last === undefined) return
    this.branch += 1
    this.messages.cutFrom(first.depth)
    for (const message of next) this.hold(message)
    this.now = { ...this.now, total: last.depth + 1, leafId: last.id, state: 'ready', error: null }
    this.changed()
  }

  /** Takes the engine's view of the branch; messages above `shared` are known to be the same. */
  private take(thread: Thread, shared: number): void {
    const { conversation, total, tail } = thread
    const leafId = conversation.activeLeafId
    const sameBranch = leafId === this.now.leafId && total === this.now.total
    if (!sameBranch) {
      this.branch += 1
      const keep = shared === Number.POSITIVE_INFINITY ? this.sharedWith(tail) : shared
      this.messages.cutFrom(keep)
    }
    for (const message of tail) this.hold(message)
    this.now = { ...this.now, conversation, total, leafId, state: 'ready', error: null }
    this.changed()
  }

  /** The first depth at which the tail of another branch differs from what is here; 0 where that is not known. */
  private sharedWith(tail: readonly Message[]): number {
    const first = tail[0]
    if (first === undefined) return 0
    const same = (message: Message): boolean => this.messages.at(message.depth)?.id === message.id
    // Where the tail meets what is here, everything above it is on both branches.
    const meets = first.parentId !== null && this.messages.at(first.depth - 1)?.id === first.parentId
    if (!same(first) && !meets) return 0
    return tail.find((message) => !same(message))?.depth ?? (tail.at(-1)?.depth ?? 0) + 1
  }

  /** Keeps a message, and follows it if it is being written. */
  private hold(message: Message): void {
    const known = this.messages.at(message.depth)
    const stream = this.streams.get(message.id)
    // The stream knows a live answer better than any page of messages.
    if (stream !== undefined && !stream.snapshot().ended && known?.id === message.id) {
      if (message.status === 'streaming') return
    }
    this.messages.put(message)
    if (message.status === 'streaming' && stream === undefined) this.watch(message)
  }

  private watch(message: Message): void {
    const stream = new AnswerStream(message, this.schedule)
    this.streams.set(message.id, stream)
    void watchAnswer(
      {
        open: (signal) => this.client.chats.watch({ answerId: message.id }, { signal }),
        onEvent: (event) => {
          stream.apply(event)
          if (event.type === 'end') this.ended(event.message, stream)
        },
        wait: waitFor,
      },
      this.closed.signal,
    )
  }

  private ended(message: Message, stream: AnswerStream): void {
    keepParsed(message.id, message.content, stream.snapshot().content)
    this.streams.delete(message.id)
    if (this.messages.at(message.depth)?.id === message.id) this.messages.put(message)
    this.changed()
    this.onEnd(message)
    this.refresh()
  }

  private changed(): void {
    this.messages.trim(this.now.total)
    this.set({ version: this.now.version + 1 })
  }

  private set(part: Partial<ThreadState>): void {
    this.now = { ...this.now, ...part }
    for (const listener of this.listeners) listener()
  }
}
