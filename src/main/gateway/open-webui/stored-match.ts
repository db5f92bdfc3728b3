import type { ConnectionView } from '#shared/connections.ts'

/** A connection as a client describes it: by its address, and by the masks of the secrets that it was shown. */
export interface Described {
  url: string
  /** The text of the list of keys; Ollama's are in the entry. */
  key?: string | undefined
  entry: unknown
}

/** What the views show instead of a secret begins with it. */
const MASK = '••••'

/**
 * For each description the connection that it goes on with: of those with its address the one whose masks it has, else the
 * one at its place, else the first that is left; without any, the one at its place.
 */
export function storedFor(
  views: readonly ConnectionView[],
  described: readonly Described[],
): (ConnectionView | null)[] {
  const found: (ConnectionView | null)[] = described.map(() => null)
  const taken = new Set<ConnectionView>()
  const fill = (fits: (view: ConnectionView, wanted: Described, isAtPlace: boolean) => boolean): void => {
    for (const [index, wanted] of described.entries()) {
      if (found[index] !== null) continue
      const view = views.find((view, place) => !taken.has(view) && fits(view, wanted, place === index))
      if (view === undefined) continue
      found[index] = view
      taken.add(view)
    }
  }
  fill((view, wanted, isAtPlace) => isAtPlace && hasAddress(view, wanted) && hasMasks(view, wanted))
  fill((view, wanted) => hasAddress(view, wanted) && hasMasks(view, wanted))
  fill((view, wanted, isAtPlace) => isAtPlace && hasAddress(view, wanted))
  fill(hasAddress)
  fill((_view, _wanted, isAtPlace) => isAtPlace)
  return found
}

/** The connection that lends its masked secrets to one that is only tried. */
export function lenderFor(views: readonly ConnectionView[], wanted: Described): ConnectionView | null {
  const same = views.filter((view) => hasAddress(view, wanted))
  return same.find((view) => hasMasks(view, wanted)) ?? same[0] ?? null
}

/** True if anything of it is a mask. */
export function holdsMask({ key, entry }: Described): boolean {
  return JSON.stringify([key, entry]).includes(MASK)
}

function hasAddress({ config }: ConnectionView, { url }: Described): boolean {
  return config?.baseUrl.replace(/\/+$/, '') === url.trim().replace(/\/+$/, '')
}

/** True if there are masks, and all of them stand for secrets of this connection. */
function hasMasks({ config, keys }: ConnectionView, { key, entry }: Described): boolean {
  const { key: ownKey, headers } = (entry ?? {}) as { key?: unknown; headers?: unknown }
  const known = Object.entries(config?.headers ?? {})
  const isHeader = ([name, value]: [string, unknown]): boolean =>
    known.some(([other, mask]) => other.toLowerCase() === name.toLowerCase() && mask === value)
  const masks = [
    ...[ownKey ?? key].filter(isMask).map((mask) => mask === keys[0]?.mask),
    ...Object.entries(headers ?? {}).flatMap((header) => (isMask(header[1]) ? [isHeader(header)] : [])),
  ]
  return masks.length > 0 && masks.every((isKnown) => isKnown)
}

function isMask(value: unknown): value is string {
  return typeof value === 'string' && value.trim().startsWith(MASK)
}
