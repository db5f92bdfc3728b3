import { describe, expect, it } from 'vitest'
import { createModelCatalog } from '../../../src/main/engine/catalog/model-catalog.ts'
import { createHealthBoard } from '../../../src/main/engine/health/create-health-board.ts'
import { createPipeline } from '../../../src/main/engine/pipeline/create-pipeline.ts'
import type { PassThroughInput, PassThroughRun, Pipeline, RouteRecord } from '../../../src/main/engine/spec/engine.ts'
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
function passing(
  play: Play | null,
  speaks: PassThroughInput['endpoint'] = 'openai:chat',
): { adapter: ProviderAdapter; requests: UpstreamRequest[] } {
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
        endpoint === speaks && play !== null ? { path: '/chat/completions', body: null, notSent: [] } : null,
    },
  }
}

async function run(
  plays: (Play | null)[],
  stream = true,
  meanwhile: (passed: PassThroughRun) => void = () => {},
  endpoint: PassThroughInput['endpoint'] = 'openai:chat',
) {
  const holders = plays.map((play) => passing(play, endpoint))
  return { ...(await runAt(holders, stream, meanwhile, endpoint)), holders }
}

async function runAt(
  holders: { adapter: ProviderAdapter }[],
  stream: boolean,
  meanwhile: (passed: PassThroughRun) => void,
  endpoint: PassThroughInput['endpoint'],
  priorityOf = (index: number) => 10 - index,
) {
  const log = createTestLog()
  const set = connectionSetOf(
    ...holders.map(({ adapter }, index) => testConnection(`c${index}`, adapter, { priority: priorityOf(index) })),
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
    { endpoint, model: 'demo', raw, body: { model: 'demo' }, stream },
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
  return { got, passed, retry, log, health, pipeline }
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

  it.each<[string, boolean, Play]>([
    ['nothing at all', false, (sink) => whole(sink, '')],
    ['a proxy’s words', false, (sink) => whole(sink, 'upstream connect error or disconnect')],
    ['a proxy’s words in a stream', true, (sink) => whole(sink, 'upstream connect error or disconnect')],
    ['words that begin like a field', true, (sink) => whole(sink, 'error: out of memory')],
    ['half a JSON value', false, (sink) => whole(sink, '{"choices":[{"message":{"content":"Once up')],
    ['a web page that says it is JSON', false, (sink) => whole(sink, '<html></html>', 'application/json')],
  ])('takes %s for no answer, although its status is 200, and moves on', async (_name, stream, bad) => {
    const sound: Play = stream ? good : (sink) => whole(sink, WHOLE)
    const { got, holders, health } = await run([bad, sound], stream)
    expect(got.text).toBe(stream ? event('hi').toString() + usage.toString() : WHOLE)
    expect(got.route?.attempts).toMatchObject([{ connectionId: 'c0', code: 'upstream_error' }])
    expect(holders[1]?.requests).toHaveLength(1)
    expect([health.inFlight('c0'), health.inFlight('c1')]).toEqual([0, 0])
  })

  it('tells what came instead of an answer when nobody else is left', async () => {
    const { got } = await run([(sink) => whole(sink, 'no healthy upstream sk-secret')], false)
    expect(got.error).toMatchObject({ code: 'upstream_error', retryable: true })
    expect(got.error?.message).toContain('no healthy upstream ••••')
  })

  it.each<[string, boolean, string]>([
    ['a stream is answered in one piece without a type', true, '{"choices":[]}'],
    ['an answer in one piece comes as a stream', false, 'data: {"choices":[]}\n\ndata: [DONE]\n\n'],
  ])('hands over when %s, and does not ask that server in vain again', async (_name, stream, text) => {
    const { retry, pipeline, got } = await run([(sink) => whole(sink, text, 'text/plain')], stream)
    expect(retry).toEqual(new Set())
    expect(got.text).toBe('')
    expect(askAgain(pipeline, stream)).toBeNull()
    expect(askAgain(pipeline, !stream)).not.toBeNull()
  })

  it('does not remember a server for JSON that is no answer', async () => {
    const { retry, pipeline } = await run([(sink) => whole(sink, '{"code":500,"msg":"busy"}', 'application/json')])
    expect(retry).toEqual(new Set())
    expect(askAgain(pipeline, true)).not.toBeNull()
  })

  it.each([
    [
      'an error behind comments',
      [': OPENROUTER PROCESSING\n\n', ': still\n\n', 'data: {"error":{"message":"no"}}\n\n'],
    ],
    ['an error whose name comes late', ['data: {"id":"1","error":{"code":502,"message":"no"},"choices":[]}\n\n']],
    ['nothing but comments', [': OPENROUTER PROCESSING\n', '\n: still\n\n']],
  ])('moves on after %s', async (_name, pieces) => {
    const bad: Play = (sink) => {
      sink.head({ status: 200, headers: SSE })
      for (const piece of pieces) sink.data(Buffer.from(piece))
      sink.end()
    }
    const { got, health } = await run([bad, good])
    expect(got.text).toBe(event('hi').toString() + usage.toString())
    expect(got.route?.attempts).toMatchObject([{ connectionId: 'c0', code: 'upstream_error' }])
    expect([health.inFlight('c0'), health.inFlight('c1')]).toEqual([0, 0])
  })

  it('passes comments before an answer on with it', async () => {
    const { got } = await run([
      (sink) => {
        sink.head({ status: 200, headers: SSE })
        for (const piece of [': wai', 'ting\n\n', usage.toString()]) sink.data(Buffer.from(piece))
        sink.end()
      },
    ])
    expect(got).toMatchObject({ text: `: waiting\n\n${usage}`, ended: true })
  })

  it('an error within a 200 is what the server’s dialect makes of it', async () => {
    const tooLong = new EngineError('context_length_exceeded', 'too long')
    const holders = [passing((sink) => whole(sink, '{"error":{"code":400}}', 'application/json')), passing(good)]
    const [first] = holders
    if (first !== undefined) first.adapter.reportedError = ({ error }) => (error === undefined ? null : tooLong)
    const { got } = await runAt(holders, false, () => {}, 'openai:chat')
    expect(got.error).toMatchObject({ code: 'context_length_exceeded', message: 'too long' })
    expect(holders[1]?.requests).toHaveLength(0)
  })

  it('a word that an answer quotes is no error', async () => {
    const said = '{"error":null,"choices":[{"message":{"content":"{\\"error\\":\\"x\\"}","args":{"error":"deep"}}}]}'
    const { got } = await run([(sink) => whole(sink, said, 'application/json')], false)
    expect(got).toMatchObject({ text: said, ended: true, error: null })
  })

  it('passes events on that say they are JSON, and gives them their type', async () => {
    const { got } = await run([
      (sink) => {
        sink.head({ status: 200, headers: { 'content-type': 'application/json' } })
        sink.data(usage)
        sink.end()
      },
    ])
    expect(got).toMatchObject({ text: usage.toString(), head: { headers: SSE }, ended: true })
  })

  it('passes a stream on whose first chunk ends within a field’s name', async () => {
    const { got } = await run([
      (sink) => {
        sink.head({ status: 200, headers: SSE })
        for (const piece of ['ev', 'ent: message\n', usage.toString()]) sink.data(Buffer.from(piece))
        sink.end()
      },
    ])
    expect(got).toMatchObject({ text: `event: message\n${usage}`, ended: true })
  })

  it('ends well after a last line far longer than what is kept of an answer', async () => {
    const context = Array.from({ length: 20_000 }, (_, index) => 100_000 + index)
    const lines = [
      { model: 'demo', response: 'hi', done: false },
      { model: 'demo', response: '', done: true, done_reason: 'stop', context, prompt_eval_count: 4, eval_count: 2 },
    ].map((line) => `${JSON.stringify(line)}\n`)
    const events = [
      'event: response.created\ndata: {"type":"response.created"}\n\n',
      `event: response.completed\ndata: ${JSON.stringify({
        type: 'response.completed',
        response: { output: 'long '.repeat(5_000), usage: { input_tokens: 4, output_tokens: 2 } },
      })}\n\n`,
    ]
    for (const [endpoint, text] of [
      ['ollama:generate', lines.join('')],
      ['openai:responses', events.join('')],
    ] as const) {
      for (const size of [7, 1_000, 200_000]) {
        const pieces: Play = (sink) => {
          sink.head({ status: 200, headers: {} })
          for (let at = 0; at < text.length; at += size) sink.data(Buffer.from(text.slice(at, at + size)))
          sink.end()
        }
        const { got, log } = await run([pieces], true, () => {}, endpoint)
        expect(got).toMatchObject({ error: null, ended: true })
        expect(got.text).toBe(text)
        expect(log.lines.at(-1)?.fields).toMatchObject({ outcome: 'finished', promptTokens: 4, completionTokens: 2 })
        // The same, cut off within its last line's text.
        const cut: Play = (sink) => {
          sink.head({ status: 200, headers: {} })
          sink.data(
            Buffer.from(
              text.slice(
                0,
                text.indexOf(endpoint === 'ollama:generate' ? '"done":true' : 'ata: {"type":"response.completed"'),
              ),
            ),
          )
          sink.end()
        }
        expect((await run([cut], true, () => {}, endpoint)).got.error).toMatchObject({ code: 'upstream_error' })
      }
    }
  })

  it('gives equal holders their turns, those that pass through and those that are read', async () => {
    const equals = [passing(good), passing(null), passing(good), passing(null)]
    const { pipeline } = await runAt(
      equals,
      true,
      () => {},
      'openai:chat',
      () => 0,
    )
    const served: string[] = []
    for (let index = 0; index < 8; index++) {
      const sink = { route: (route: RouteRecord) => served.push(route.connectionId), ...silent }
      const passed = pipeline.passThrough(input(true), { principal: OWNER, via: 'openai' }, sink)
      if (passed !== null) {
        expect(await passed.retry).toBeNull()
        continue
      }
      const chat = { model: 'demo', messages: [], sampling: {} }
      const run = await pipeline.chat(chat, { principal: OWNER, via: 'openai' }, new AbortController().signal)
      served.push(run.route.connectionId)
    }
    expect(served).toEqual(['c1', 'c2', 'c3', 'c0', 'c1', 'c2', 'c3', 'c0'])
  })

  it('a next holder that cannot be told ends the request, not the process', async () => {
    const holders = [passing((sink) => sink.error(new EngineError('upstream_unavailable', 'refused'))), passing(good)]
    const [, second] = holders
    if (second !== undefined) {
      second.adapter.passThrough = () => {
        throw new EngineError('invalid_request', 'A deployment has no slash in its name.')
      }
    }
    const { got, retry } = await runAt(holders, true, () => {}, 'openai:chat')
    expect(got.error).toMatchObject({ code: 'invalid_request', message: 'A deployment has no slash in its name.' })
    expect(retry).toBeNull()
  })
})

const WHOLE = '{"choices":[{"message":{"content":"hi"}}]}'

const silent = { head: () => {}, data: () => true, end: () => {}, error: () => {} }

function whole(sink: UpstreamSink, text: string, type?: string): void {
  sink.head({ status: 200, headers: type === undefined ? {} : { 'content-type': type } })
  if (text !== '') sink.data(Buffer.from(text))
  sink.end()
}

function input(stream: boolean): PassThroughInput {
  return {
    endpoint: 'openai:chat',
    model: 'demo',
    raw: Buffer.from('{"model":"demo"}'),
    body: { model: 'demo' },
    stream,
  }
}

function askAgain(pipeline: Pipeline, stream: boolean): PassThroughRun | null {
  return pipeline.passThrough(input(stream), { principal: OWNER, via: 'openai' }, { route: () => {}, ...silent })
}
