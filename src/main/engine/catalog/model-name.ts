const LATEST = ':latest'

/** Ollama's tag for "no tag": a name with it and without it is the same model. */
export function withoutLatest(name: string): string {
  return name.endsWith(LATEST) ? name.slice(0, -LATEST.length) : name
}

/** The other way to write a name; a name with another tag has none. */
export function otherName(name: string): string | null {
  if (name.endsWith(LATEST)) return name.slice(0, -LATEST.length)
  return name.includes(':') ? null : name + LATEST
}
