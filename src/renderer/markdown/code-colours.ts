import { inOwnFrame } from '../page/frame-turns.ts'
import type { ColouredLine, HighlightReply, HighlightRequest } from './highlight-classes.ts'
import workerUrl from './highlight-worker.ts?worker&url'

/** Code past this many lines stays plain. */
const MAX_LINES = 5000
/** Lines per message, so that the first ones are coloured early. */
const BATCH = 100
/** Finished texts whose colours are kept. */
const KEPT = 200

type Post = (request: HighlightRequest | { warm: true }) => void

const finished = new Map<string, readonly ColouredLine[]>()
const sessions = new Map<number, CodeColours>()
let nextSession = 1
let post: Post | null = null

/** The worker, started at its first use. Without one (tests, a locked-down browser) code stays plain. */
function send(request: HighlightRequest | { warm: true }): void {
  post ??= startWorker()
  post(request)
}

function startWorker(): Post {
  if (typeof Worker === 'undefined') return () => undefined
  try {
    const worker = new Worker(trusted(workerUrl), { type: 'module', name: 'highlight' })
    let replies: HighlightReply[] = []
    const hand = (): void => {
      const all = replies
      replies = []
      for (const reply of all) receive(reply)
    }
    worker.addEventListener('message', (event: MessageEvent<HighlightReply>) => {
      replies.push(event.data)
      if (replies.length === 1) inOwnFrame(hand)
    })
    return (message) => worker.postMessage(message)
  } catch (error) {
    console.warn('Code stays uncoloured: its worker could not be started', error)
    return () => undefined
  }
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL(url: string): string
  }
}

/** Where the page's CSP asks for trusted types, the worker's own address is the one script URL that passes. */
function trusted(url: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes
  if (types === undefined) return url
  const policy = types.createPolicy('switchyard-highlight', {
    createScriptURL: (asked) => {
      if (asked !== workerUrl) throw new TypeError('Only the highlight worker may be started')
      return asked
    },
  })
  return policy.createScriptURL(url)
}

/** Takes the worker's place (tests). */
export function setHighlighter(next: Post | null): void {
  post = next
  finished.clear()
}

/** Hands a reply to the code it belongs to. */
export function receive(reply: HighlightReply): void {
  sessions.get(reply.session)?.take(reply.coloured)
}

/** Gets the worker, its engine and a first grammar ready. Call once the page has painted. */
export function warmHighlighter(): void {
  send({ warm: true })
}

/** The colours of one code block: grows with its lines, tells its view when more have come. */
export class CodeColours {
  private coloured: readonly ColouredLine[] = []
  private sent = 0
  private session: number | null = null
  private key: string | null = null
  private readonly listeners = new Set<() => void>()
  private readonly language: string

  constructor(language: string) {
    this.language = language
  }

  /** Coloured lines from the first on; may be fewer than the block has. */
  readonly snapshot = (): readonly ColouredLine[] => this.coloured

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  /** Asks for the lines that are new. `closed` says that none will follow. */
  extend(lines: readonly string[], closed: boolean): void {
    const until = Math.min(lines.length, MAX_LINES)
    if (closed && this.key === null) {
      this.key = `${this.language}\n${lines.join('\n')}`
      const known = finished.get(this.key)
      if (known !== undefined) {
        this.close()
        this.coloured = known
        this.tell()
        return
      }
    }
    while (this.sent < until) {
      if (this.session === null) {
        this.session = nextSession
        nextSession += 1
        sessions.set(this.session, this)
      }
      const batch = lines.slice(this.sent, Math.min(until, this.sent + BATCH))
      this.sent += batch.length
      const last = closed && this.sent >= until
      send({ session: this.session, language: this.language, lines: batch, last })
    }
    this.keep()
  }

  /** Takes coloured lines from the worker. */
  take(more: readonly ColouredLine[]): void {
    this.coloured = [...this.coloured, ...more]
    this.keep()
    this.tell()
  }

  /** No view needs it any more. */
  close(): void {
    if (this.session !== null) sessions.delete(this.session)
    this.session = null
  }

  private keep(): void {
    if (this.key === null || this.sent === 0 || this.coloured.length < this.sent) return
    finished.set(this.key, this.coloured)
    if (finished.size > KEPT) {
      const oldest = finished.keys().next()
      if (!oldest.done) finished.delete(oldest.value)
    }
    this.close()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}
