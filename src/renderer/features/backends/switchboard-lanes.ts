import type { ConnectionView } from '#shared/connections.ts'

/** How a lane is drawn. */
export type LaneLook = 'active' | 'idle' | 'cut' | 'off'

/** One backend's way from the gateway, in px. */
export interface Lane {
  view: ConnectionView
  look: LaneLook
  /** Height of its end, where the backend's name stands. */
  y: number
  /** Height where it leaves the gateway. */
  startY: number
  path: string
  /** Where a cut line has its cross. */
  cross: { x: number; y: number } | null
  /** The rest of a cut line, behind the cross. */
  rest: string | null
  /** Where its packets are: one for each request in flight, at most `MOST_PACKETS`. */
  packets: { x: number; y: number }[]
}

export interface Board {
  lanes: Lane[]
  /** Idle backends that have no lane. */
  more: number
  height: number
  /** Height of the first lane's end. */
  top: number
  /** From the first to the last lane at the gateway. */
  gateway: { top: number; bottom: number; middle: number }
}

export const ROW = 32
const TOP = 20
const BOTTOM = 36
const GATE_GAP = 16
const LEAST_ROWS = 3
const PACKET_GAP = 24
/** Lanes that are drawn; the rest is counted. */
export const MOST_LANES = 8
export const MOST_PACKETS = 5

/** Draws the lanes between `from` (the gateway's right side) and `to` (the names), both px. */
export function layOut(views: readonly ConnectionView[], from: number, to: number): Board {
  const { shown, more } = choose(views)
  const rows = shown.length + (more > 0 ? 1 : 0)
  // The gateway and its label need the room of three.
  const span = Math.max(rows, LEAST_ROWS)
  const middle = TOP + ((span - 1) * ROW) / 2
  const top = middle - ((rows - 1) * ROW) / 2
  // Where there is no room for the bends, lanes go straight.
  const widest = ((shown.length - 1) / 2) * (ROW - GATE_GAP)
  const straight = to - from < widest + 80
  const bendEnd = from + Math.min((to - from) * 0.4, 200)
  const lanes = shown.map((view, index): Lane => {
    const y = top + index * ROW
    const startY = straight ? y : middle + (y - middle) * (GATE_GAP / ROW)
    const bend = Math.abs(y - startY)
    const end = Math.max(bendEnd, from + widest)
    const head = `M${from} ${startY}H${end - bend}L${end} ${y}`
    const look = lookOf(view)
    const cut = end + (to - end) * 0.5
    return {
      view,
      look,
      y,
      startY,
      path: look === 'cut' ? `${head}H${cut - 8}` : `${head}H${to}`,
      cross: look === 'cut' ? { x: cut, y } : null,
      rest: look === 'cut' ? `M${cut + 8} ${y}H${to}` : null,
      packets: packetsOf(view, look, end, to, y),
    }
  })
  const ends = lanes.map(({ startY }) => startY)
  const first = ends[0] ?? middle
  const last = ends.at(-1) ?? middle
  return {
    lanes,
    more,
    height: TOP + (span - 1) * ROW + BOTTOM,
    top,
    gateway: { top: Math.min(first, middle - 20) - 12, bottom: Math.max(last, middle + 20) + 12, middle },
  }
}

/** With more than fit, those with something to say come first; the list's own order is kept. */
function choose(views: readonly ConnectionView[]): { shown: ConnectionView[]; more: number } {
  if (views.length <= MOST_LANES) return { shown: [...views], more: 0 }
  const wanted = views
    .map((view, index) => ({ view, index, weight: weightOf(view) }))
    .sort((a, b) => b.weight - a.weight || a.index - b.index)
    .slice(0, MOST_LANES - 1)
    .sort((a, b) => a.index - b.index)
  return { shown: wanted.map(({ view }) => view), more: views.length - wanted.length }
}

function weightOf({ health, origin }: ConnectionView): number {
  if (health.inFlight > 0) return 4
  if (health.state === 'down' || health.state === 'auth-failed') return 3
  if (health.state === 'limited' || health.state === 'slow') return 2
  return origin === 'built-in' ? 1 : 0
}

function lookOf({ health }: ConnectionView): LaneLook {
  if (health.state === 'down' || health.state === 'auth-failed') return 'cut'
  if (health.inFlight > 0) return 'active'
  return health.state === 'disabled' ? 'off' : 'idle'
}

function packetsOf({ health }: ConnectionView, look: LaneLook, from: number, to: number, y: number): Lane['packets'] {
  if (look !== 'active') return []
  const room = Math.max(1, Math.floor((to - from) / PACKET_GAP) - 1)
  const count = Math.min(health.inFlight, MOST_PACKETS, room)
  const step = (to - from) / (count + 1)
  return Array.from({ length: count }, (_, index) => ({ x: Math.round(from + step * (index + 1)), y }))
}
