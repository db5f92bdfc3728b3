/** A model's id as Ollama lists it: what has no tag gets `:latest`. */
export function ollamaModelName(id: string): string {
  return hasTag(id) ? id : `${id}:latest`
}

/** A colon before the last slash belongs to a host's port, not to a tag. */
function hasTag(id: string): boolean {
  return id.indexOf(':', id.lastIndexOf('/') + 1) !== -1
}
