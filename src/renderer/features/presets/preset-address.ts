/** Where a preset is edited. The id is one path segment, percent-encoded, so that `/` and `:` may be in it. */
export function presetPath(id: string): string {
  // `new` is the page for one that does not exist yet.
  return `/models/presets/${id === 'new' ? '%6Eew' : encodeURIComponent(id)}`
}

export const PRESETS_PATH = '/models/presets'
export const NEW_PRESET_PATH = '/models/presets/new'

/**
 * The preset that an address is about; null for a new one. Read from the raw hash: the router has decoded half of what it
 * passes on (`%25` but not `%2F`), which cannot be told apart any more.
 */
export function presetIdOf(hash: string): string | null {
  const segment = /^#?\/?models\/presets\/([^/?]+)$/.exec(hash)?.[1] ?? 'new'
  if (segment === 'new') return null
  try {
    return decodeURIComponent(segment)
  } catch {
    // Not encoded by us: a hand-typed address with a bare %.
    return segment
  }
}
