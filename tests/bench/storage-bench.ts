import { setTimeout } from 'node:timers/promises'
import type { MeasuredChild } from './child.ts'
import { bodyFor, PATHS } from './gateway-targets.ts'
import { runLoad, runOpenLoop } from './load.ts'
import type { Report } from './report.ts'
import { median } from './statistics.ts'
import { inRound, quietest, type Round } from './stolen-time.ts'

const ROUNDS = 8
const RATE = 200
const SECONDS = 4
/** Searches under way at any time. */
const SEARCHES = 2
/** In half of the ten thousand messages, so that each search has the most to look at and to show. */
const QUERY = 'database'
/** What one search may take before something is broken, ms. */
const SEARCH_WITHIN_MS = 10_000

/**
 * How long the server's loop is held up while storage does its heaviest work and requests are logged: searches over ten
 * thousand messages, one after the other, and the log of 200 requests a second.
 */
export async function benchStorage({ ready, ask }: MeasuredChild, report: Report): Promise<void> {
  const url = String(ready.url)
  const load = { url, path: PATHS.openai, body: bodyFor('openai.instant', false), connections: 32 }
  await runLoad({ ...load, requests: 5_000 })
  const rounds: Round<{ p99Ms: number; searches: number }>[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const measured = await inRound(async () => {
      let searches = 0
      let isOver = false
      const searching = Array.from({ length: SEARCHES }, async () => {
        while (!isOver) {
          await search(url)
          searches += 1
        }
      })
      await ask('delay:start')
      await runOpenLoop({ ...load, requests: RATE * SECONDS, perSecond: RATE })
      const { p99Ms } = (await ask('delay:stop')) as { p99Ms: number }
      isOver = true
      await Promise.all(searching)
      return { p99Ms, searches }
    })
    if (round > 0) rounds.push(measured)
  }
  const counted = quietest(rounds, ROUNDS / 2)
  const perSecond = median(counted.map(({ searches }) => searches)) / SECONDS
  report.add({
    group: 'storage',
    name: `event-loop delay p99 beside ${Math.round(perSecond)} searches/s and ${RATE} logged requests/s`,
    value: median(counted.map(({ p99Ms }) => p99Ms)),
    unit: 'ms',
    limit: 20,
  })
}

async function search(url: string): Promise<void> {
  const answer = await Promise.race([
    fetch(`${url}/rpc/chats/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: { query: QUERY, limit: 50 } }),
    }),
    setTimeout(SEARCH_WITHIN_MS, null),
  ])
  if (answer === null) throw new Error('a search took too long')
  const { json } = (await answer.json()) as { json?: unknown[] }
  if (!answer.ok || json === undefined || json.length === 0) throw new Error(`a search answered ${answer.status}`)
}
