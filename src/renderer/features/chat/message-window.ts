import type { Message } from '#shared/chats.ts'

/** Messages per fetch. */
export const PAGE = 50
/** Messages kept around the reader. */
const KEPT = 600

/** The messages of one branch by depth, as far as they are here. Far ones are let go; the end is always kept. */
export class MessageWindow {
  private readonly byDepth = new Map<number, Message>()
  private from = 0
  private to = 0

  at(depth: number): Message | undefined {
    return this.byDepth.get(depth)
  }

  /** Keeps a message. One that looks the same as before keeps its identity, so that no view draws it again. */
  put(message: Message): void {
    const before = this.byDepth.get(message.depth)
    if (before !== undefined && looksSame(before, message)) return
    this.byDepth.set(message.depth, message)
  }

  hasAll(from: number, to: number): boolean {
    for (let depth = from; depth < to; depth += 1) if (!this.byDepth.has(depth)) return false
    return true
  }

  cutFrom(depth: number): void {
    for (const known of [...this.byDepth.keys()]) if (known >= depth) this.byDepth.delete(known)
  }

  /** Where the reader is now. */
  look(from: number, to: number): void {
    this.from = from
    this.to = to
  }

  /** Lets go what is furthest from the reader. */
  trim(total: number): void {
    if (this.byDepth.size <= KEPT) return
    const far = [...this.byDepth.keys()]
      .filter((depth) => depth < total - PAGE)
      .map((depth) => ({ depth, distance: Math.max(this.from - depth, depth - this.to, 0) }))
      .toSorted((a, b) => b.distance - a.distance)
    for (const { depth } of far.slice(0, this.byDepth.size - KEPT)) this.byDepth.delete(depth)
  }
}

function looksSame(a: Message, b: Message): boolean {
  return (
    a.id === b.id &&
    a.status === b.status &&
    a.content === b.content &&
    a.reasoning === b.reasoning &&
    a.toolCalls.length === b.toolCalls.length &&
    a.error?.code === b.error?.code &&
    a.siblings.length === b.siblings.length &&
    a.siblings.every((id, index) => id === b.siblings[index]) &&
    (a.facts === b.facts || JSON.stringify(a.facts) === JSON.stringify(b.facts))
  )
}
