import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CLIENT_DIALECTS,
  type ClientDialect,
  type ReadAnswer,
  UNREADABLE,
} from '../../support/acceptance/client-dialects.ts'
import {
  ANSWER_SHAPES,
  type AnswerShape,
  asksForStream,
  startHostileUpstream,
} from '../../support/acceptance/hostile-upstream.ts'
import { type RawRequest, startSilentServer } from '../../support/bad-upstream.ts'
import { type ContractClient, contractClient } from '../../support/contract-client.ts'
import { eventually, type HttpAnswer, post } from '../../support/http-client.ts'
import { type ServeProcess, startServe } from '../../support/serve-process.ts'
import { stopwatch } from '../../support/stopwatch.ts'

/**
 * What broken and hostile upstreams do to clients of every dialect: the right text or a clear error in the dialect's own
 * shape, within the connection's limits, and the key stays with its host.
 */
const LIMIT_MS = 700
/** Beyond the limit: the way through, on a busy machine. */
const SLACK_MS = 1_500
const KEY = 'sk-hostile-0123456789abcdef'
const HALVES = 'Füße, naïve – 漢字かな, 🙂👩‍👩‍👧 und mehr.'
const HUGE_TEXT = 'x'.repeat(10 * 1024 * 1024)
const REASON = 'CUDA error: an illegal memory access was encountered'

let serve: ServeProcess
let port: number
let client: ContractClient

beforeAll(async () => {
  serve = await startServe()
  port = Number(new URL(serve.url).port)
  client = contractClient(serve.url)
})
afterAll(async () => {
  await serve?.end()
})

interface Outcome extends ReadAnswer {
  answer: HttpAnswer
  ms: number
}

interface Choice {
  limitMs?: number
  dialects?: readonly ClientDialect[]
}

/** Answers of 10 MB take the test itself a while to write and to read: the three families, and time for it. */
const HUGE: Choice = {
  limitMs: 20_000,
  dialects: CLIENT_DIALECTS.filter(({ name }) => ['openai', 'ollama', 'anthropic'].includes(name)),
}

let made = 0

/** Runs the check with every client dialect against a fresh connection to the script. */
async function withEveryDialect(
  shape: AnswerShape,
  stream: boolean,
  script: (request: RawRequest) => void,
  check: (outcome: Outcome, dialect: ClientDialect) => void,
  { limitMs = LIMIT_MS, dialects = CLIENT_DIALECTS }: Choice = {},
): Promise<void> {
  const upstream = await startHostileUpstream(script)
  made += 1
  const prefixId = `${shape.kind}${made}`
  const { id } = await client.connections.create({
    ...shape.connection(upstream.url),
    prefixId,
    keys: [{ value: KEY }],
    probeSeconds: 3_600,
    timeouts: { connectMs: 2_000, firstByteMs: limitMs, idleMs: limitMs },
  })
  try {
    await client.connections.refresh({ id })
    await Promise.all(
      dialects.map(async (dialect) => {
        const passed = stopwatch()
        const answer = await post(port, dialect.path, dialect.body(`${prefixId}.m`, 'Tell me a story', stream))
        const ms = passed()
        const seen = `${dialect.name}: ${answer.status} ${answer.body.slice(0, 2_000)}`
        try {
          expect(answer.body).not.toContain(KEY)
          check({ ...dialect.read(answer.body, stream), answer, ms }, dialect)
        } catch (error) {
          throw new Error(`${String(error)}\n${seen}`)
        }
      }),
    )
  } finally {
    await client.connections.remove({ id })
  }
  // Whatever happened, nothing of it is still open.
  await eventually(() => upstream.open.size === 0)
}

function begin(request: RawRequest, shape: AnswerShape): void {
  request.begin(200, { 'content-type': shape.streamType })
}

/** The answer's text was kept, and the stream ends with an error. */
function expectBrokenOff({ text, error, finished, answer }: Outcome, reason: RegExp): void {
  expect(answer.status).toBe(200)
  expect(text).toBe('Once upon ')
  expect(error).toMatch(reason)
  expect(finished).toBe(false)
}

/** Refused before anything was said. */
function expectRefused({ answer, text, error }: Outcome, reason: RegExp): void {
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.headers['content-type']).toContain('application/json')
  expect(text).toBe('')
  expect(error).toMatch(reason)
}

for (const shape of ANSWER_SHAPES) {
  /** Dialects whose bytes pass through unread. */
  const isFast = (dialect: ClientDialect): boolean =>
    (({ openai: ['openai', 'open-webui'], azure: ['openai', 'open-webui'] })[shape.kind] ?? [shape.kind]).includes(
      dialect.name,
    )

  describe(`${shape.kind} upstream, streamed`, () => {
    const run = (
      script: (request: RawRequest) => void,
      check: (outcome: Outcome, dialect: ClientDialect) => void,
      choice?: Choice,
    ): Promise<void> => withEveryDialect(shape, true, script, check, choice)
    const once = (request: RawRequest): void => {
      begin(request, shape)
      request.chunk(shape.begin + shape.text('Once ') || '\n')
      request.chunk(shape.text('upon '))
    }

    it('half characters at every edge are whole for the client', () =>
      run(
        (request) => {
          begin(request, shape)
          for (const byte of Buffer.from(shape.begin + shape.text(HALVES) + shape.end)) {
            request.chunk(Buffer.from([byte]))
          }
          request.finish()
        },
        ({ text, error, finished }) => {
          expect({ text, error, finished }).toEqual({ text: HALVES, error: null, finished: true })
        },
      ))

    it('a line of 10 MB comes through whole or is refused in words', () =>
      run(
        (request) => {
          begin(request, shape)
          request.chunk(shape.begin + shape.text(HUGE_TEXT) + shape.end)
          request.finish()
        },
        ({ text, error }) => {
          if (error === null) expect(text.length).toBe(HUGE_TEXT.length)
          else expect(error).toMatch(/MB|too (long|large)/)
        },
        HUGE,
      ))

    it('a frame that is no JSON ends the answer with an error, its text kept', () =>
      run(
        (request) => {
          once(request)
          request.chunk(shape.malformed)
          request.finish()
        },
        (outcome, dialect) => {
          // Where bytes pass through unread, the client sees the frame as the upstream wrote it.
          if (isFast(dialect)) expect(outcome).toMatchObject({ text: 'Once upon ', error: UNREADABLE, finished: false })
          else expectBrokenOff(outcome, /JSON|malformed|not .{1,20} format|cannot be read/i)
        },
      ))

    it('an error before the first content is a refusal with the upstream’s reason', () =>
      run(
        (request) => {
          begin(request, shape)
          request.chunk(shape.error(REASON))
          request.finish()
        },
        (outcome) => expectRefused(outcome, /CUDA error/),
      ))

    it('an error after the first content ends the stream with the upstream’s reason', () =>
      run(
        (request) => {
          once(request)
          request.chunk(shape.error(REASON))
          request.finish()
        },
        (outcome) => expectBrokenOff(outcome, /CUDA error/),
      ))

    it('an answer that never ends is given up, its text kept', () =>
      run(once, (outcome) => {
        expectBrokenOff(outcome, /sent nothing more for 0\.7 s/)
        expect(outcome.ms).toBeLessThan(LIMIT_MS + SLACK_MS)
      }))

    it('an answer that is cut off says so, its text kept', () =>
      run(
        (request) => {
          once(request)
          setTimeout(() => request.reset(), 50)
        },
        (outcome) => expectBrokenOff(outcome, /broke/),
      ))

    it('an answer that ends without its end says so, its text kept', () =>
      run(
        (request) => {
          once(request)
          request.finish()
        },
        (outcome) => expectBrokenOff(outcome, /broke|ended/),
      ))

    it('silence before the head is given up', () =>
      run(
        () => {},
        (outcome) => {
          expectRefused(outcome, /did not begin to answer within 0\.7 s/)
          expect(outcome.ms).toBeLessThan(LIMIT_MS + SLACK_MS)
        },
      ))

    it('silence after the head is given up', () =>
      run(
        (request) => begin(request, shape),
        (outcome) => {
          expectRefused(outcome, /did not begin to answer within 0\.7 s/)
          expect(outcome.ms).toBeLessThan(LIMIT_MS + SLACK_MS)
        },
      ))

    for (const [encoding, compress] of [
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
      ['deflate', deflateSync],
    ] as const) {
      it(`a body in ${encoding} is unpacked`, () =>
        run(
          (request) => {
            request.begin(200, { 'content-type': shape.streamType, 'content-encoding': encoding })
            const bytes = compress(shape.begin + shape.text('Once ') + shape.text('upon ') + shape.end)
            request.chunk(bytes.subarray(0, 20))
            request.chunk(bytes.subarray(20))
            request.finish()
          },
          ({ text, error, finished, answer }) => {
            expect({ text, error, finished }).toEqual({ text: 'Once upon ', error: null, finished: true })
            expect(answer.headers['content-encoding']).toBeUndefined()
          },
        ))
    }

    it('damaged compression is told', () =>
      run(
        (request) => {
          request.begin(200, { 'content-type': shape.streamType, 'content-encoding': 'gzip' })
          request.chunk('this is no gzip')
          request.finish()
        },
        (outcome) => expectRefused(outcome, /compressed data \(gzip\) that is damaged/),
      ))
  })

  for (const stream of [true, false]) {
    describe(`${shape.kind} upstream, ${stream ? 'streamed' : 'whole'}`, () => {
      const run = (
        script: (request: RawRequest) => void,
        check: (outcome: Outcome, dialect: ClientDialect) => void,
      ): Promise<void> => withEveryDialect(shape, stream, script, check)

      it('a web page is told as one', () =>
        run(
          (request) =>
            request.answer(
              200,
              { 'content-type': 'text/html' },
              '<!doctype html><title>Sign in</title><p>Hotel network',
            ),
          (outcome) => expectRefused(outcome, /web page|HTML|\(text\/html\)/i),
        ))

      it('a redirect to another host is not followed, and the other host hears nothing', async () => {
        const other = await startSilentServer()
        let connections = 0
        await run(
          (request) => {
            connections += other.open.size
            request.answer(307, { location: `http://127.0.0.1:${other.port}/v1/elsewhere` })
          },
          (outcome) => expectRefused(outcome, /redirect/i),
        )
        expect(connections + other.open.size).toBe(0)
      })

      it('an error in plain text keeps its words', () =>
        run(
          (request) => request.answer(500, { 'content-type': 'text/plain' }, `panic: ${REASON}`),
          (outcome) => expectRefused(outcome, /CUDA error/),
        ))

      it('an error without a word says its status', () =>
        run(
          (request) => request.answer(502, {}),
          (outcome) => expectRefused(outcome, /502/),
        ))

      it('something that is not HTTP is told as that', () =>
        run(
          (request) => {
            request.send('SSH-2.0-OpenSSH_9.7\r\n')
            request.socket.end()
          },
          (outcome) => expectRefused(outcome, /not HTTP|closed the connection/),
        ))

      it('a connection that is cut before the answer is told as that', () =>
        run(
          (request) => request.reset(),
          (outcome) => expectRefused(outcome, /closed the connection without an answer/),
        ))
    })
  }

  describe(`${shape.kind} upstream, whole`, () => {
    const run = (
      script: (request: RawRequest) => void,
      check: (outcome: Outcome, dialect: ClientDialect) => void,
      choice?: Choice,
    ): Promise<void> => withEveryDialect(shape, false, script, check, choice)
    const json = { 'content-type': 'application/json' }
    /** The gateway may read a stream where the client wants a whole answer. */
    const answerWhole = (request: RawRequest, text: string): void => {
      if (asksForStream(request)) {
        begin(request, shape)
        request.chunk(shape.begin + shape.text(text) + shape.end)
        request.finish()
      } else request.answer(200, json, shape.whole(text))
    }

    it('a sound one comes through', () =>
      run(
        (request) => answerWhole(request, HALVES),
        ({ text, error, finished }) =>
          expect({ text, error, finished }).toEqual({ text: HALVES, error: null, finished: true }),
      ))

    it('one of 10 MB comes through whole or is refused in words', () =>
      run(
        (request) => answerWhole(request, HUGE_TEXT),
        ({ text, error }) => {
          if (error === null) expect(text.length).toBe(HUGE_TEXT.length)
          else expect(error).toMatch(/MB|too (long|large)/)
        },
        HUGE,
      ))

    it('half a JSON value is told', () =>
      run(
        (request) => request.answer(200, json, shape.whole('Once upon').slice(0, -20)),
        (outcome) =>
          expectRefused(outcome, /JSON|format|something else than an answer|where a stream of events was expected/),
      ))

    it('an error with status 200 is a refusal with the upstream’s reason', () =>
      run(
        (request) => request.answer(200, json, JSON.stringify({ error: { message: REASON, type: 'server_error' } })),
        (outcome) => expectRefused(outcome, /CUDA error/),
      ))

    it('a body that stops in the middle is given up', () =>
      run(
        (request) => {
          request.begin(200, json)
          request.chunk('{"id":')
        },
        (outcome) => {
          expectRefused(outcome, /sent nothing more for 0\.7 s/)
          expect(outcome.ms).toBeLessThan(LIMIT_MS + SLACK_MS)
        },
      ))

    for (const [encoding, compress] of [
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
      ['deflate', deflateSync],
    ] as const) {
      it(`a body in ${encoding} is unpacked`, () =>
        run(
          (request) => {
            if (asksForStream(request)) return answerWhole(request, 'Once upon')
            request.answer(200, { ...json, 'content-encoding': encoding }, compress(shape.whole('Once upon')))
          },
          ({ text, error }) => expect({ text, error }).toEqual({ text: 'Once upon', error: null }),
        ))
    }
  })
}
