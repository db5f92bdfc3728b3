import { describe, expect, it } from 'vitest'
import { layOut, MOST_LANES, MOST_PACKETS, ROW } from '../../../src/renderer/features/backends/switchboard-lanes.ts'
import { builtInConnection, connectionView } from '../support/connection-samples.ts'

const idle = (count: number) => Array.from({ length: count }, (_, index) => connectionView(`c${index}`))

/** The points of a path made of M, H and L. */
function points(path: string): { x: number; y: number }[] {
  const found: { x: number; y: number }[] = []
  for (const [, command, numbers] of path.matchAll(/([MHL])([^MHL]*)/g)) {
    const [x = 0, y] = (numbers ?? '').trim().split(/[ ,]/).map(Number)
    found.push({ x, y: command === 'H' ? (found.at(-1)?.y ?? 0) : (y ?? 0) })
  }
  return found
}

describe('the lanes of the switchboard', () => {
  it('end one row apart, bend at 45 degrees only, and never turn back', () => {
    const { lanes } = layOut(idle(7), 400, 1000)
    for (const [index, lane] of lanes.entries()) {
      expect(lane.y - (lanes[0]?.y ?? 0)).toBe(index * ROW)
      const way = points(lane.path)
      expect(way.at(-1)).toEqual({ x: 1000, y: lane.y })
      for (const [at, point] of way.slice(1).entries()) {
        const before = way[at]
        const across = point.x - (before?.x ?? 0)
        const down = Math.abs(point.y - (before?.y ?? 0))
        expect(across).toBeGreaterThanOrEqual(0)
        expect([0, across]).toContain(down)
      }
    }
  })

  it('go straight where there is no room to bend', () => {
    const { lanes } = layOut(idle(6), 40, 120)
    for (const lane of lanes) expect(lane.startY).toBe(lane.y)
  })

  it('carry a packet for each request in flight, up to a few', () => {
    const at = (inFlight: number) =>
      layOut([connectionView('a', { health: { inFlight } })], 400, 1000).lanes[0]?.packets.length
    expect([at(0), at(1), at(3), at(90)]).toEqual([0, 1, 3, MOST_PACKETS])
  })

  it('are cut with a cross where nothing answers, whatever is still in flight', () => {
    const [lane] = layOut([connectionView('a', { health: { state: 'down', inFlight: 2 } })], 400, 1000).lanes
    expect(lane).toMatchObject({ look: 'cut', packets: [] })
    expect(lane?.cross?.x).toBeGreaterThan(400)
    expect(lane?.cross?.x).toBeLessThan(1000)
  })

  it('are few: what carries requests or is in trouble first, in the order of the list; the rest is counted', () => {
    const views = [
      builtInConnection(),
      ...idle(30),
      connectionView('down', { health: { state: 'down' } }),
      ...idle(5),
      connectionView('busy', { health: { inFlight: 1 } }),
    ]
    const board = layOut(views, 400, 1000)
    expect(board.lanes).toHaveLength(MOST_LANES - 1)
    expect(board.more).toBe(views.length - board.lanes.length)
    expect(board.lanes.map(({ view }) => view.id).slice(-2)).toEqual(['down', 'busy'])
    expect(board.lanes[0]?.view.id).toBe('llama')
  })
})
