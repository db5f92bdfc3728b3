import { describe, expect, it } from 'vitest'
import type { UiEvent } from '#shared/app-info.ts'
import {
  backoffMs,
  type ConnectionState,
  type FollowOptions,
  followEvents,
} from '../../../src/renderer/bridge/follow-events.ts'

const CHANGED: UiEvent = { type: 'models:changed' }

/** Runs the follower over scripted streams; ends when the script does. */
async function follow(streams: (UiEvent[] | Error)[]) {
  const stop = new AbortController()
  const states: ConnectionState[] = []
  const events: UiEvent[] = []
  const waits: number[] = []
  let resets = 0
  let clock = 1000
  const options: FollowOptions = {
    async open() {
      const next = streams.shift()
      if (next === undefined) {
        stop.abort()
        throw new Error('over')
      }
      if (next instanceof Error) throw next
      return (async function* () {
        yield* next
      })()
    },
    reset: () => {
      resets += 1
    },
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
    async wait(ms) {
      waits.push(ms)
      clock += ms
    },
    now: () => clock,
  }
  await followEvents(options, stop.signal)
  return { states, events, waits, resets }
}

describe('followEvents', () => {
  it('is connected once the first event is there, not before', async () => {
    const { states } = await follow([new Error('refused'), [CHANGED]])
    expect(states.map((state) => state.state)).toEqual(['connecting', 'reconnecting', 'connected', 'reconnecting'])
  })

  it('waits longer after each failed attempt and starts over after a success', async () => {
    const refused = new Error('refused')
    const { waits, resets } = await follow([refused, refused, refused, [CHANGED, CHANGED], refused])
    expect(waits).toEqual([500, 1000, 2000, 500, 1000])
    expect(resets).toBe(5)
  })

  it('dates the loss and counts the attempts', async () => {
    const { states } = await follow([[CHANGED], new Error('refused')])
    expect(states).toEqual([
      { state: 'connecting', since: 1000 },
      { state: 'connected', since: 1000 },
      { state: 'reconnecting', since: 1000, attempt: 1 },
      { state: 'reconnecting', since: 1000, attempt: 2 },
    ])
  })

  it('hands over every event in order', async () => {
    const other: UiEvent = { type: 'settings:changed' }
    const { events } = await follow([[CHANGED, other], [other]])
    expect(events).toEqual([CHANGED, other, other])
  })

  it('never waits more than eight seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 20].map(backoffMs)).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000])
  })
})
