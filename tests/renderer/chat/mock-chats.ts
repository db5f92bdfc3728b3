import type { AnswerEvent, AnswerFacts, Conversation, Message, MessageImage, NewImage, Thread } from '#shared/chats.ts'
import type { MockEngine } from '../support/mock-engine.ts'

export interface Tree {
  conversation: Conversation
  messages: Map<string, Message>
  removed: Set<string>
}

/** The facts of an answer that ran here. */
export function factsOf(patch: Partial<AnswerFacts> = {}): AnswerFacts {
  return {
    place: 'here',
    modelId: 'Qwen3-8B-Q4_K_M',
    modelName: 'Qwen3 8B',
    connectionId: 'llama',
    connectionName: 'in-process',
    route: ['The chat asks for Qwen3 8B.', 'It is on this machine and loaded.'],
    queueMs: 0,
    loadMs: null,
    ttftMs: 210,
    durationMs: 12_900,
    tokensPerSecond: 31.4,
    promptTokens: 5700,
    cachedPromptTokens: 5120,
    completionTokens: 402,
    contextSize: 16_384,
    finishReason: 'stop',
    ...patch,
  }
}

export function conversationOf(id: string, patch: Partial<Conversation> = {}): Conversation {
  return {
    id,
    title: `Chat ${id}`,
    modelId: 'Qwen3-8B-Q4_K_M',
    pinned: false,
    draft: '',
    activeLeafId: null,
    messageCount: 0,
    answering: false,
    trace: [],
    createdAt: Date.now(),
    updatedAt: Date.now(),
    ...patch,
  }
}

interface Sent {
  id: string
  parentId: string | null
  content: string
  modelId: string
  images?: NewImage[]
  keptImages?: string[]
}

/** Chats in memory behind a mock engine: branches, live answers, deletion and search by the contract's rules. */
export class MockChats {
  readonly trees = new Map<string, Tree>()
  private readonly watchers = new Map<string, Set<(event: AnswerEvent) => void>>()
  private readonly longBranches = new Map<string, Message[]>()
  private count = 0

  constructor(engine: MockEngine) {
    engine.on('chats.list', ({ limit, before }: { limit: number; before?: number }) => {
      const all = [...this.trees.values()].map((tree) => tree.conversation)
      const plain = all
        .filter((one) => !one.pinned && (before === undefined || one.updatedAt < before))
        .toSorted((a, b) => b.updatedAt - a.updatedAt)
        .slice(0, limit)
      return before === undefined ? [...all.filter((one) => one.pinned), ...plain] : plain
    })
    engine.on('chats.create', ({ modelId }: { modelId?: string | null }) => {
      this.count += 1
      return this.add(conversationOf(`c${this.count}`, { title: '', modelId: modelId ?? null })).conversation
    })
    engine.on('chats.update', ({ id, ...patch }: { id: string } & Partial<Conversation>) => {
      const tree = this.tree(id)
      tree.conversation = { ...tree.conversation, ...patch }
      return tree.conversation
    })
    engine.on('chats.saveDraft', ({ id, draft }: { id: string; draft: string }) => {
      const tree = this.tree(id)
      tree.conversation = { ...tree.conversation, draft }
    })
    engine.on('chats.remove', ({ id }: { id: string }) => {
      this.gone.set(id, this.tree(id))
      this.trees.delete(id)
    })
    engine.on('chats.restore', ({ id }: { id: string }) => {
      const tree = this.gone.get(id)
      if (tree === undefined) throw new Error(`No removed chat ${id}`)
      this.trees.set(id, tree)
      return tree.conversation
    })
    engine.on('chats.thread', ({ id, tail }: { id: string; tail?: number }) => this.thread(id, tail ?? 50))
    engine.on('chats.range', ({ id, leafId, from, to }: { id: string; leafId: string; from: number; to: number }) =>
      this.branch(id, leafId).slice(from, to),
    )
    engine.on('chats.selectBranch', ({ id, messageId }: { id: string; messageId: string }) => {
      this.setLeaf(id, this.newestLeaf(id, messageId))
      return this.thread(id, 50)
    })
    engine.on('chats.send', (input: Sent) => {
      const images = [
        ...(input.keptImages ?? []).map((id) => this.keepImage(this.image(id))),
        ...(input.images ?? []).map(({ mediaType, data }) => this.keepImage(`data:${mediaType};base64,${data}`)),
      ]
      const userMessage = this.say(input.id, input.parentId, {
        role: 'user',
        content: input.content,
        ...(images.length > 0 ? { images } : {}),
      })
      const answer = this.startAnswer(input.id, userMessage.id)
      const tree = this.tree(input.id)
      tree.conversation = { ...tree.conversation, modelId: input.modelId, draft: '' }
      return { userMessage: this.message(input.id, userMessage.id), answer }
    })
    engine.on('chats.image', ({ id }: { id: string }) => this.image(id))
    engine.on('chats.regenerate', ({ id, answerId }: { id: string; answerId: string }) =>
      this.startAnswer(id, this.message(id, answerId).parentId),
    )
    engine.on('chats.stop', ({ answerId }: { answerId: string }) => this.end(answerId, { status: 'stopped' }))
    engine.on('chats.removeMessage', ({ id, messageId }: { id: string; messageId: string }) => {
      const tree = this.tree(id)
      tree.removed.add(messageId)
      const parent = this.message(id, messageId).parentId
      this.setLeaf(id, parent === null ? null : this.newestLeaf(id, parent))
      return this.thread(id, 50)
    })
    engine.on('chats.restoreMessage', ({ id, messageId }: { id: string; messageId: string }) => {
      this.tree(id).removed.delete(messageId)
      this.setLeaf(id, this.newestLeaf(id, messageId))
      return this.thread(id, 50)
    })
    engine.on('chats.watch', ({ answerId }: { answerId: string }, signal: AbortSignal | undefined) =>
      this.watch(answerId, signal),
    )
    engine.on('chats.search', ({ query }: { query: string }) =>
      [...this.trees.values()].flatMap((tree) =>
        [...tree.messages.values()]
          .filter((message) => message.content.toLowerCase().includes(query.toLowerCase()))
          .slice(0, 20)
          .map((message) => {
            const at = message.content.toLowerCase().indexOf(query.toLowerCase())
            const from = Math.max(0, at - 30)
            return {
              conversationId: tree.conversation.id,
              conversationTitle: tree.conversation.title,
              messageId: message.id,
              role: message.role,
              createdAt: message.createdAt,
              snippet: message.content.slice(from, at + 90),
              ranges: [[at - from, at - from + query.length]],
            }
          }),
      ),
    )
  }

  private readonly gone = new Map<string, Tree>()
  private readonly images = new Map<string, string>()

  /** Keeps a picture by its data URL; returns what a message says of it. */
  keepImage(url: string, size: { width: number; height: number } = { width: 3, height: 2 }): MessageImage {
    const id = `i${this.images.size + 1}`
    this.images.set(id, url)
    return { id, mediaType: 'image/png', ...size, sizeBytes: Math.round((url.length * 3) / 4) }
  }

  private image(id: string): string {
    const url = this.images.get(id)
    if (url === undefined) throw new Error(`No picture ${id}`)
    return url
  }

  add(conversation: Conversation): Tree {
    const tree: Tree = { conversation, messages: new Map(), removed: new Set() }
    this.trees.set(conversation.id, tree)
    return tree
  }

  /** Adds a message below `parentId` and makes it the end of the branch. */
  say(id: string, parentId: string | null, patch: Partial<Message> & Pick<Message, 'role'>): Message {
    this.count += 1
    const tree = this.tree(id)
    const parent = parentId === null ? null : this.message(id, parentId)
    const message: Message = {
      id: `m${this.count}`,
      conversationId: id,
      parentId,
      depth: parent === null ? 0 : parent.depth + 1,
      content: '',
      reasoning: '',
      toolCalls: [],
      status: 'complete',
      facts: patch.role === 'assistant' ? factsOf() : null,
      error: null,
      createdAt: 1_790_000_000_000 + this.count,
      siblings: [],
      ...patch,
    }
    tree.messages.set(message.id, message)
    this.setLeaf(id, message.id)
    return this.withSiblings(tree, message)
  }

  startAnswer(id: string, parentId: string | null): Message {
    return this.say(id, parentId, {
      role: 'assistant',
      status: 'streaming',
      facts: factsOf({ completionTokens: null, ttftMs: null, tokensPerSecond: null, finishReason: null }),
    })
  }

  /** Sends text to everyone who watches an answer. */
  delta(answerId: string, content: string, reasoning = '', completionTokens = 1): void {
    const message = this.find(answerId)
    this.put({ ...message, content: message.content + content, reasoning: message.reasoning + reasoning })
    this.tell(answerId, { type: 'delta', messageId: answerId, content, reasoning, completionTokens })
  }

  tell(answerId: string, event: AnswerEvent): void {
    for (const push of this.watchers.get(answerId) ?? []) push(event)
  }

  watching(answerId: string): boolean {
    return (this.watchers.get(answerId)?.size ?? 0) > 0
  }

  end(answerId: string, patch: Partial<Message> = {}): void {
    const message = { ...this.find(answerId), status: 'complete' as const, facts: factsOf(), ...patch }
    this.put(message)
    this.tell(answerId, { type: 'end', message: this.message(message.conversationId, answerId) })
  }

  /** Breaks all watches, as a lost connection does. */
  drop(): void {
    for (const [id, set] of this.watchers) {
      for (const push of [...set])
        push({ type: 'delta', messageId: 'broken', content: '', reasoning: '', completionTokens: 0 })
      this.watchers.delete(id)
    }
  }

  message(id: string, messageId: string): Message {
    const tree = this.tree(id)
    const message = tree.messages.get(messageId)
    if (message === undefined) throw new Error(`No message ${messageId}`)
    return this.withSiblings(tree, message)
  }

  private async *watch(answerId: string, signal: AbortSignal | undefined): AsyncGenerator<AnswerEvent> {
    const queue: AnswerEvent[] = []
    let wake: () => void = () => undefined
    const push = (event: AnswerEvent): void => {
      queue.push(event)
      wake()
    }
    // The watch begins with the snapshot: what comes after it is queued, nothing is missed between.
    const set = this.watchers.get(answerId) ?? new Set()
    this.watchers.set(answerId, set)
    set.add(push)
    const found = this.find(answerId)
    const message = this.message(found.conversationId, answerId)
    const stop = (): void => wake()
    signal?.addEventListener('abort', stop)
    try {
      yield { type: 'snapshot', message }
      if (message.status !== 'streaming') {
        yield { type: 'end', message }
        return
      }
      while (signal?.aborted !== true) {
        const event = queue.shift()
        if (event === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
          continue
        }
        if (event.type === 'delta' && event.messageId === 'broken') throw new Error('The connection was lost')
        yield event
        if (event.type === 'end') return
      }
    } finally {
      set.delete(push)
    }
  }

  private find(messageId: string): Message {
    for (const tree of this.trees.values()) {
      const message = tree.messages.get(messageId)
      if (message !== undefined) return message
    }
    throw new Error(`No message ${messageId}`)
  }

  private put(message: Message): void {
    this.tree(message.conversationId).messages.set(message.id, message)
  }

  private tree(id: string): Tree {
    const tree = this.trees.get(id)
    if (tree === undefined) throw new Error(`No chat ${id}`)
    return tree
  }

  private withSiblings(tree: Tree, message: Message): Message {
    const siblings = [...tree.messages.values()]
      .filter((one) => one.parentId === message.parentId && one.role === message.role && !tree.removed.has(one.id))
      .map((one) => one.id)
    return { ...message, siblings }
  }

  private branch(id: string, leafId: string | null): Message[] {
    const tree = this.tree(id)
    const known = this.longBranches.get(`${id}:${leafId}`)
    if (known !== undefined) return known
    const found: Message[] = []
    for (let at = leafId; at !== null; ) {
      const message = tree.messages.get(at)
      if (message === undefined) break
      // A long chat has no branches to look for: its rows know their only sibling.
      found.push(tree.messages.size > 2000 ? { ...message, siblings: [message.id] } : this.withSiblings(tree, message))
      at = message.parentId
    }
    const branch = found.reverse()
    if (tree.messages.size > 2000) this.longBranches.set(`${id}:${leafId}`, branch)
    return branch
  }

  private thread(id: string, tail: number): Thread {
    const { conversation } = this.tree(id)
    const branch = this.branch(id, conversation.activeLeafId)
    return { conversation, total: branch.length, tail: branch.slice(-tail) }
  }

  private newestLeaf(id: string, messageId: string): string {
    const tree = this.tree(id)
    let leaf = messageId
    for (;;) {
      const children = [...tree.messages.values()].filter((one) => one.parentId === leaf && !tree.removed.has(one.id))
      const newest = children.at(-1)
      if (newest === undefined) return leaf
      leaf = newest.id
    }
  }

  private setLeaf(id: string, leafId: string | null): void {
    const tree = this.tree(id)
    tree.conversation = { ...tree.conversation, activeLeafId: leafId, messageCount: tree.messages.size }
  }
}
