import { describe, expect, it } from 'vitest'
import { createModelCatalog } from '../../../src/main/engine/catalog/model-catalog.ts'
import { createHealthBoard } from '../../../src/main/engine/health/create-health-board.ts'
import { createPipeline } from '../../../src/main/engine/pipeline/create-pipeline.ts'
import type { PassThroughRun, RouteRecord } from '../../../src/main/engine/spec/engine.ts'
import { EngineError } from '../../../src/main/engine/spec/engine-error.ts'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import type { ProviderAdapter } from '../../../src/main/engine/spec/provider-adapter.ts'
import { systemClock } from '../../../src/main/engine/spec/system-clock.ts'
import type { Upstream, UpstreamHead, UpstreamRequest, UpstreamSink } from '../../../src/main/engine/spec/upstream.ts'
import { connectionConfigSchema } from '../../../src/shared/connections.ts'
import { scriptedAdapter, upstreamModel } from '../../support/scripted-adapter.ts'
import { openAccess, plainResolver } from '../../support/test-access.ts'
import { connectionSetOf, testConnection } from '../../support/test-connections.ts'
import { createTestLog } from '../../support/test-log.ts'

type Play = (sink: UpstreamSink, request: UpstreamRequest, isDiscarded: () => boolean) => void

const SSE = { 'content-type': 'text/event-stream' }
const event = (delta: string): Buffer => Buffer.from(`data: {"choices":[{"delta":{"content":"${delta}"}}]}\n\n`)
const usage = Buffer.from('data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\ndata: [DONE]\n\n')

/** An adapter that passes OpenAI chats through to a played upstream. */
function passing(play: Play | null): { adapter: ProviderAdapter; requests: UpstreamRequest[] } {
  const requests: UpstreamRequest[] = []
  const upstream: Upstream = {
    config: connectionConfigSchema.parse({ provider: 'openai', baseUrl: 'http://played.invalid/v1' }),
    title: 'Played',
    keyCount: () => 1,
    request: () => Promise.reject(new Error('not used')),
    open: () => Promise.reject(new Error('not used')),
    json: () => Promise.reject(new Error('not used')),
    async httpError(response) {
      const chunks: Buffer[] = []
      for await (const chunk of response.body) chunks.push(chunk)
      const code =
        response.status === 429 ? 'rate_limited' : response.status >= 500 ? 'upstream_error' : 'invalid_request'
      return new EngineError(code, Buffer.concat(chunks).toString(), { status: response.status })
    },
    dispatch(request, sink) {
      requests.push(request)
      let discarded = false
      queueMicrotask(() => play?.(sink, request, () => discarded))
      return {
        resume: () => {},
        discard: () => {
          discarded = true
        },
      }
    },
    blot: (text) => text.replaceAll('sk-secret', '••••'),
    close: async () => {},
  }
  const base = scriptedAdapter([upstreamModel({ upstreamModel: 'demo' })])
  return {
    requests,
    adapter: {
      ...base,
      upstream,
      passThrough: (endpoint) =>
        endpoint === 'openai:chat' && play !== null ? { path: '/chat/completions', body: null, notSent: [] } : null,
    },
  }
}

async function run(plays: (Play | null)[], stream = true, meanwhile: (passed: PassThroughRun) => void = () => {}) {
  const holders = plays.map(passing)
  const log = createTestLog()
  const set = connectionSetOf(
    ...holders.map(({ adapter }, index) => testConnection(`c${index}`, adapter, { priority: 10 - index })),
  )
  const health = createHealthBoard({ now: () => 0 })
  const catalog = createModelCatalog({ connections: set, health, clock: systemClock, log })
  await Promise.all(set.all().map(({ id }) => catalog.refresh(id)))
  catalog.close()
  const pipeline = createPipeline({
    catalog,
    resolver: plainResolver(catalog),
    access: openAccess(),
    connections: set,
    health,
    clock: systemClock,
    log,
    isClosing: () => false,
  })
  const got = {
    head: null as UpstreamHead | null,
    text: '',
    ended: false,
    error: null as Error | null,
    route: null as RouteRecord | null,
  }
  const raw = Buffer.from('{"model":"demo"}')
  const passed = pipeline.passThrough(
    { endpoint: 'openai:chat', model: 'demo', raw, body: { model: 'demo' }, stream },
    { principal: OWNER, via: 'openai' },
    {
      route: (route) => Object.assign(got, { route }),
      head: (head) => Object.assign(got, { head }),
      data: (chunk) => {
        got.text += chunk.toString()
        return true
      },
      end: () => Object.assign(got, { ended: true }),
      error: (error) => Object.assign(got, { error }),
    },
  )
  if (passed !== null) meanwhile(passed)
  const retry = passed === null ? null : await passed.retry
  return { got, passed, retry, log, health, holders }
}

const good: Play = (sink) => {
  sink.head({ status: 200, headers: SSE })
  sink.data(event('hi'))
  sink.data(usage)
  sink.end()
}

describe('the fast path', () => {
  const left = new EngineError('aborted', 'the client left')

  it.each<[string, Play, (passed: PassThroughRun) => void]>([
    ['before anything came', () => {}, (passed) => passed.cancel(left)],
    [
      'before its first byte',
      (sink) => sink.head({ status: 200, headers: SSE }),
      (passed) => queueMicrotask(() => passed.cancel(left)),
    ],
    [
      'while a refusal is read',
      (sink) => {
        sink.head({ status: 500, headers: {} })
        sink.end()
      },
      (passed) => queueMicrotask(() => passed.cancel(left)),
    ],
  ])(
    'is cancelled %s: no other holder is asked, and the sink hears the reason once',
    async (_when, play, meanwhile) => {
      const { got, holders, retry, health, log } = await run([play, good], true, meanwhile)
      expect([got.error, got.head, got.ended, retry]).toEqual([left, null, false, null])
      expect(holders[1]?.requests).toEqual([])
      expect(health.inFlight('c0')).toBe(0)
      expect(log.lines.at(-1)?.fields).toMatchObject({ outcome: 'cancelled', code: 'aborted' })
    },
  )

  it('is cancelled within its answer: what came stays, and nothing follows', async () => {
    const tooLate: Play = (sink) => {
      sink.head({ status: 200, headers: SSE })
      sink.data(event('hi'))
      setImmediate(() => {
        sink.data(event('late'))
        sink.end()
      })
    }
    const { got, health } = await run([tooLate, good], true, (passed) => queueMicrotask(() => passed.cancel(left)))
    await new Promise((resolve) => setImmediate(resolve))
    expect([got.text, got.error, got.ended]).toEqual([event('hi').toString(), left, false])
    expect(health.inFlight('c0')).toBe(0)
  })

  it('passes bytes on as they are, sends the callers own bytes, and records what was used', async () => {
    const { got, holders, log } = await run([good])
    expect(got.text).toBe(event('hi').toString() + usage.toString())
    expect(got).toMatchObject({ ended: true, error: null, route: { connectionId: 'c0' } })
    expect(holders[0]?.requests[0]?.body?.toString()).toBe('{"model":"demo"}')
    expect(log.lines.at(-1)?.fields).toMatchObject({ promptTokens: 7, completionTokens: 3, passedThrough: true })
  })

  it('leaves it to the reading path where the best holder does not speak the dialect', async () => {
    expect((await run([null, good])).passed).toBeNull()
  })

  it.each<[string, Play]>([
    ['a connect error', (sink) => sink.error(new EngineError('upstream_unavailable', 'refused'))],
    [
      'a 429',
      (sink) => {
        sink.head({ status: 429, headers: {} })
        sink.data(Buffer.from('slow down'))
        sink.end()
      },
    ],
    [
      'a 500',
      (sink) => {
        sink.head({ status: 500, headers: {} })
        sink.end()
      },
    ],
    [
      'an error inside a 200',
      (sink) => {
        sink.head({ status: 200, headers: SSE })
        sink.data(Buffer.from('data: {"error":{"message":"no \\"memory\\""}}\n\n'))
        sink.end()
      },
    ],
    [
      'an answer without a byte',
      (sink) => {
        sink.head({ status: 200, headers: SSE })
        sink.end()
      },
    ],
    [
      'a web page',
      (sink) => {
        sink.head({ status: 200, headers: { 'content-type': 'text/html' } })
        sink.data(Buffer.from('<html>'))
        sink.end()
      },
    ],
    [
      'a line cut before the first byte',
      (sink) => {
        sink.head({ status: 200, headers: SSE })
        sink.error(new EngineError('upstream_error', 'cut'))
      },
    ],
  ])('moves on after %s, and the client sees one clean answer', async (_name, bad) => {
    const { got, holders, health } = await run([bad, good])
    expect(got.text).toBe(event('hi').toString() + usage.toString())
    expect(got.route?.attempts).toHaveLength(1)
    expect(holders[1]?.requests).toHaveLength(1)
    expect([health.inFlight('c0'), health.inFlight('c1')]).toEqual([0, 0])
  })

  it('hands over to the reading path when only others are left', async () => {
    const { retry, got } = await run([(sink) => sink.error(new EngineError('upstream_unavailable', 'refused')), null])
    expect(retry).toEqual(new Set(['c0']))
    expect(got).toMatchObject({ head: null, text: '', error: null })
  })

  it('hands over when a stream is answered in one piece', async () => {
    const { retry } = await run([
      (sink) => {
        sink.head({ status: 200, headers: { 'content-type': 'application/json' } })
        sink.data(Buffer.from('{}'))
        sink.end()
      },
    ])
    expect(retry).toEqual(new Set())
  })

  it('does not move on for what the caller did wrong', async () => {
    const { got, holders } = await run([
      (sink) => {
        sink.head({ status: 400, headers: {} })
        sink.data(Buffer.from('bad field'))
        sink.end()
      },
      good,
    ])
    expect(got.error).toMatchObject({ code: 'invalid_request', message: 'bad field', status: 400 })
    expect(holders[1]?.requests).toHaveLength(0)
  })

  it('ends a stream that breaks off with an error, after its bytes', async () => {
    const { got, log } = await run([
      (sink) => {
        sink.head({ status: 200, headers: SSE })
        sink.data(event('half'))
        sink.end()
      },
      good,
    ])
    expect(got.text).toBe(event('half').toString())
    expect(got).toMatchObject({ ended: false, error: { code: 'upstream_error', retryable: true } })
    expect(log.lines.at(-1)?.fields).toMatchObject({ outcome: 'failed' })
  })

  it('shows none of our secrets in an upstreams words', async () => {
    const { got } = await run([
      (sink) => {
        sink.head({ status: 200, headers: SSE })
        sink.data(Buffer.from('data: {"error":{"message":"bad key sk-secret"}}\n\n'))
        sink.end()
      },
    ])
    expect(got.error?.message).toContain('bad key ••••')
    expect(JSON.stringify(got.error)).not.toContain('sk-secret')
  })

  it('reads a refusal no further than its limit', async () => {
    let sent = 0
    const { got } = await run([
      (sink, _request, isDiscarded) => {
        sink.head({ status: 400, headers: {} })
        while (!isDiscarded() && sent < 10_000_000) {
          sink.data(Buffer.alloc(16_384, 'x'))
          sent += 16_384
        }
      },
    ])
    expect(sent).toBeLessThan(200_000)
    expect(got.error).toMatchObject({ code: 'invalid_request' })
  })
})
