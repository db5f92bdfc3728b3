import type { ConnectionView } from '#shared/connections.ts'

/** The built-in connection stands first and stays there. */
export function isMovable(view: ConnectionView): boolean {
  return view.origin !== 'built-in'
}

/** The ids of movable connections after one was moved by `by` places; null if it stays where it is. */
export function movedBy(list: readonly ConnectionView[], id: string, by: number): string[] | null {
  const ids = movableIds(list)
  const from = ids.indexOf(id)
  if (from < 0) return null
  return movedTo(ids, from, Math.min(ids.length - 1, Math.max(0, from + by)))
}

/** The ids of movable connections after one was dropped on the place of another; null if nothing moves. */
export function movedOnto(list: readonly ConnectionView[], id: string, target: string): string[] | null {
  const ids = movableIds(list)
  const from = ids.indexOf(id)
  const to = ids.indexOf(target)
  return from < 0 || to < 0 ? null : movedTo(ids, from, to)
}

/** The list in the order of `ids`, what they do not name first. */
export function inOrder(list: readonly ConnectionView[], ids: readonly string[]): ConnectionView[] {
  const place = new Map(ids.map((id, index) => [id, index]))
  return list.toSorted((a, b) => (place.get(a.id) ?? -1) - (place.get(b.id) ?? -1))
}

function movableIds(list: readonly ConnectionView[]): string[] {
  return list.filter(isMovable).map(({ id }) => id)
}

function movedTo(ids: readonly string[], from: number, to: number): string[] | null {
  if (from === to) return null
  const moved = [...ids]
  const [id] = moved.splice(from, 1)
  if (id !== undefined) moved.splice(to, 0, id)
  return moved
}
