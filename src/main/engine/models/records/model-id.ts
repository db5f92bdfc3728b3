const LATEST = ':latest'

/** The other way to write an id: `x` and `x:latest` are one model. Null for an id with another tag. */
export function otherId(id: string): string | null {
  if (id.endsWith(LATEST)) return id.slice(0, -LATEST.length)
  // A colon before the last slash belongs to a host's port, not to a tag.
  return id.includes(':', id.lastIndexOf('/') + 1) ? null : id + LATEST
}

/** Whether two ids name one model. */
export function isSameModel(left: string, right: string): boolean {
  return left === right || otherId(left) === right
}
