import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type AnyUpstream,
  connectAll,
  startAllUpstreams,
  UPSTREAM_KINDS,
  type UpstreamKind,
} from '../../support/acceptance/all-upstreams.ts'
import { CLIENT_DIALECTS, type ClientDialect } from '../../support/acceptance/client-dialects.ts'
import { type MeasuredServe, startMeasuredServe } from '../../support/acceptance/measured-serve.ts'
import { contractClient } from '../../support/contract-client.ts'
import { eventually, rawConnection, rawPost } from '../../support/http-client.ts'

/** A client that goes away ends the upstream's work, whatever both speak, and leaves nothing behind. */
const LIMIT_MS = 200
const CANCELLED = 1_000
const AT_ONCE = 50

let serve: MeasuredServe
let port: number
let upstreams: Record<UpstreamKind, AnyUpstream>

beforeAll(async () => {
  upstreams = await startAllUpstreams()
  serve = await startMeasuredServe()
  port = Number(new URL(serve.url).port)
  await connectAll(contractClient(serve.url), upstreams)
})
afterAll(async () => {
  await serve?.end()
  for (const kind of UPSTREAM_KINDS) await upstreams?.[kind].stop()
})

function openUpstream(): number {
  return UPSTREAM_KINDS.reduce((sum, kind) => sum + upstreams[kind].openRequests(), 0)
}

function asking(dialect: ClientDialect, kind: UpstreamKind, question: string, stream: boolean): string {
  return rawPost(dialect.path, dialect.body(upstreams[kind].model, question, stream))
}

for (const kind of UPSTREAM_KINDS) {
  describe(`${kind} upstream`, () => {
    for (const dialect of CLIENT_DIALECTS) {
      it(`a ${dialect.name} client that leaves its stream ends it there within ${LIMIT_MS} ms`, async () => {
        const upstream = upstreams[kind]
        await eventually(() => upstream.openRequests() === 0)
        const client = await rawConnection(port, asking(dialect, kind, '#endless', true))
        await client.until('again')
        expect(upstream.openRequests()).toBe(1)
        client.socket.destroy()
        expect(await eventually(() => upstream.openRequests() === 0)).toBeLessThan(LIMIT_MS)
      })

      for (const stream of [true, false]) {
        it(`and so does one that leaves before the first byte, ${stream ? 'streamed' : 'whole'}`, async () => {
          const upstream = upstreams[kind]
          upstream.behaviour.silent = true
          try {
            const client = await rawConnection(port, asking(dialect, kind, 'Tell me a joke', stream))
            await eventually(() => upstream.openRequests() === 1)
            client.socket.destroy()
            expect(await eventually(() => upstream.openRequests() === 0)).toBeLessThan(LIMIT_MS)
          } finally {
            upstream.behaviour.silent = false
          }
        })
      }
    }
  })
}

describe(`${CANCELLED} cancelled streams`, () => {
  const pairs = UPSTREAM_KINDS.flatMap((kind) => CLIENT_DIALECTS.map((dialect) => ({ kind, dialect })))

  async function cancelMany(): Promise<void> {
    for (let done = 0; done < CANCELLED; done += AT_ONCE) {
      const batch = Array.from({ length: AT_ONCE }, async (_each, index) => {
        const pair = pairs[(done + index) % pairs.length]
        if (pair === undefined) throw new Error('no pair')
        const client = await rawConnection(port, asking(pair.dialect, pair.kind, '#endless', true))
        await client.until('again')
        client.socket.destroy()
      })
      await Promise.all(batch)
    }
    await eventually(() => openUpstream() === 0)
    await eventually(() => UPSTREAM_KINDS.every((kind) => upstreams[kind].openSockets() === 0), 10_000)
  }

  it('leave no open socket, no timer and no growing memory', async () => {
    await cancelMany()
    const first = await serve.measure()
    await cancelMany()
    const second = await serve.measure()
    console.log('after 1,000 and 2,000 cancelled streams:', JSON.stringify([first, second]))
    for (const [handle, count] of Object.entries(second.handles)) {
      // One look or log flush may be under way at either moment; a leak would be a thousand.
      expect(count, handle).toBeLessThanOrEqual((first.handles[handle] ?? 0) + 3)
    }
    // Under 3 kB for each of them would already be 3 MB.
    expect(second.heapUsed - first.heapUsed).toBeLessThan(2_000_000)
    expect(second.external - first.external).toBeLessThan(2_000_000)
    const views = await contractClient(serve.url).connections.list()
    expect(views.map(({ health }) => health.inFlight)).toEqual(views.map(() => 0))
  })
})
