/** Hands a text to the person as a file: the browser's download, or the window's save dialog. */
export function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has taken the blob by the next turn at the latest when a minute is over.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** `switchyard-models-2026-11-21.json`, `switchyard-model-careful-coder.json` for a single one. */
export function exportName(ids: readonly string[], now: Date): string {
  const [only] = ids
  if (ids.length === 1 && only !== undefined) {
    return `switchyard-model-${only.replaceAll(/[^a-zA-Z0-9._-]+/g, '-')}.json`
  }
  return `switchyard-models-${now.toISOString().slice(0, 10)}.json`
}
