import type { Conversation } from '#shared/chats.ts'
import type { PublicError } from '#shared/errors.ts'
import type { Client } from '../../bridge/client.ts'
import { toPublicError } from '../../bridge/public-error.ts'

const PAGE = 200

export interface ConversationsState {
  state: 'loading' | 'ready' | 'failed'
  conversations: readonly Conversation[]
  /** What went wrong last; what is shown is then as of `freshAt`. */
  error: PublicError | null
  freshAt: number | null
  more: boolean
}

/** The list of conversations: the newest pages, more on demand, kept when the engine goes away. */
export class ConversationStore {
  private readonly client: Client
  private readonly clock: () => number
  private readonly byId = new Map<string, Conversation>()
  private readonly listeners = new Set<() => void>()
  private loading = false
  private again = false
  private now: ConversationsState = { state: 'loading', conversations: [], error: null, freshAt: null, more: false }

  constructor(client: Client, clock: () => number = Date.now) {
    this.client = client
    this.clock = clock
  }

  readonly snapshot = (): ConversationsState => this.now

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  /** Fetches the newest page. Calls during a fetch lead to one more after it. */
  async refresh(): Promise<void> {
    if (this.loading) {
      this.again = true
      return
    }
    this.loading = true
    try {
      const page = await this.client.chats.list({ limit: PAGE })
      this.takeNewest(page)
    } catch (error) {
      this.set({ state: this.now.freshAt === null ? 'failed' : 'ready', error: toPublicError(error) })
    } finally {
      this.loading = false
      if (this.again) {
        this.again = false
        void this.refresh()
      }
    }
  }

  /** Fetches the page below the oldest one that is here. */
  async loadMore(): Promise<void> {
    const oldest = this.oldest()
    if (this.loading || !this.now.more || oldest === null) return
    this.loading = true
    try {
      const page = await this.client.chats.list({ limit: PAGE, before: oldest })
      for (const conversation of page) this.byId.set(conversation.id, conversation)
      this.publish({ more: page.length >= PAGE, error: null })
    } catch (error) {
      this.set({ error: toPublicError(error) })
    } finally {
      this.loading = false
    }
  }

  /** Shows a conversation as it is now. */
  put(conversation: Conversation): void {
    this.byId.set(conversation.id, conversation)
    this.publish({})
  }

  /** Takes one off the list; returns it so that it can be put back. */
  drop(id: string): Conversation | undefined {
    const conversation = this.byId.get(id)
    this.byId.delete(id)
    this.publish({})
    return conversation
  }

  get(id: string): Conversation | undefined {
    return this.byId.get(id)
  }

  private oldest(): number | null {
    const times = this.now.conversations.filter((one) => !one.pinned).map((one) => one.updatedAt)
    return times.length === 0 ? null : times.reduce((low, time) => Math.min(low, time))
  }

  private takeNewest(page: readonly Conversation[]): void {
    const here = new Set(page.map((one) => one.id))
    const full = page.filter((one) => !one.pinned).length >= PAGE
    const from = page.filter((one) => !one.pinned).reduce((low, one) => Math.min(low, one.updatedAt), Number.MAX_VALUE)
    // What the page should hold and does not is gone; what lies below it stays.
    for (const known of [...this.byId.values()]) {
      if (!here.has(known.id) && (!full || known.pinned || known.updatedAt >= from)) this.byId.delete(known.id)
    }
    for (const conversation of page) this.byId.set(conversation.id, conversation)
    this.publish({
      state: 'ready',
      error: null,
      freshAt: this.clock(),
      more: full && (this.now.more || this.byId.size <= page.length),
    })
  }

  private publish(part: Partial<ConversationsState>): void {
    this.set({ ...part, conversations: [...this.byId.values()] })
  }

  private set(part: Partial<ConversationsState>): void {
    this.now = { ...this.now, ...part }
    for (const listener of this.listeners) listener()
  }
}
