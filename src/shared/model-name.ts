const LATEST = ':latest'

/** The other way to write a name: `x` and `x:latest` are one model. Null for a name with another tag. */
export function otherName(name: string): string | null {
  if (name.endsWith(LATEST)) return name.slice(0, -LATEST.length)
  // A colon before the last slash belongs to a host's port, not to a tag.
  return name.includes(':', name.lastIndexOf('/') + 1) ? null : name + LATEST
}

/** Ollama's tag for "no tag": a name with it and without it is the same model. */
export function withoutLatest(name: string): string {
  return name.endsWith(LATEST) ? name.slice(0, -LATEST.length) : name
}

/** Whether two names are one model's. */
export function isSameName(left: string, right: string): boolean {
  return withoutLatest(left) === withoutLatest(right)
}

/** Which names an allow-list lets through; an empty one lets all. */
export function allowing(names: readonly string[]): (name: string) => boolean {
  if (names.length === 0) return () => true
  const allowed = new Set(names.map(withoutLatest))
  return (name) => allowed.has(withoutLatest(name))
}

/** The one of a list that an id names; an exact match comes first. */
export function findByName<Model extends { id: string }>(
  models: readonly Model[],
  id: string | null,
): Model | undefined {
  if (id === null) return undefined
  return models.find((model) => model.id === id) ?? models.find((model) => isSameName(model.id, id))
}

/** What a map by id has for a name, under either way to write it. */
export function getByName<Value>(byId: ReadonlyMap<string, Value>, name: string): Value | undefined {
  const other = otherName(name)
  return byId.get(name) ?? (other === null ? undefined : byId.get(other))
}
