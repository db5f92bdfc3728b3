/** A rectangle on the desktop, in device-independent pixels. */
export interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

export const SMALLEST_WINDOW = { width: 480, height: 480 }
const usualSize = { width: 1200, height: 800 }
/** So much of the window must lie on a display for a person to be able to grab it. */
const reachable = { width: 120, height: 80 }

/**
 * Where the window opens: as it was left if it can still be reached on one of the displays' work areas, else centred by
 * the system (no x and y) in a size that fits the first display.
 */
export function placeWindow(
  saved: Bounds | null,
  workAreas: readonly Bounds[],
): { width: number; height: number; x?: number; y?: number } {
  const area = saved === null ? undefined : workAreas.find((candidate) => overlaps(saved, candidate))
  if (saved === null || area === undefined) return sizeWithin(saved ?? usualSize, workAreas[0])
  return { ...sizeWithin(saved, area), x: saved.x, y: Math.max(saved.y, area.y) }
}

function sizeWithin(
  wanted: { width: number; height: number },
  area: Bounds | undefined,
): { width: number; height: number } {
  return {
    width: Math.max(SMALLEST_WINDOW.width, Math.min(wanted.width, area?.width ?? wanted.width)),
    height: Math.max(SMALLEST_WINDOW.height, Math.min(wanted.height, area?.height ?? wanted.height)),
  }
}

function overlaps(window: Bounds, area: Bounds): boolean {
  const width = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
  const height = Math.min(window.y + window.height, area.y + area.height) - Math.max(window.y, area.y)
  return width >= reachable.width && height >= reachable.height
}
