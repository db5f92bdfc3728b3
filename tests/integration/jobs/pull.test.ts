import type { ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { ollamaAt, openJobs, reaches, say, startOllama, startServer } from './job-bench.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

test('a pull whose server drops the line twice completes; its bytes never go back', async () => {
  const server = await startOllama({ script: { stepBytes: 40_000, drops: 2 } })
  server.script.registry.set('tiny', { layers: [500_000, 300_000] })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'tiny' })

  for (const attempt of [1, 2]) {
    const waiting = await until(`line ${attempt} breaks`, () => {
      const job = bench.jobs.get(id)
      return job?.state === 'retrying' && job.attempts === attempt ? job : null
    })
    expect(waiting.bytesPerSecond).toBeNull()
    expect(waiting.error).toMatchObject({ code: 'upstream_error', retryable: true })
    expect(waiting.retryAt).toBe(bench.clock.now() + 1_000)
    bench.clock.advance(1_000)
  }
  const done = await reaches(bench, id, 'done')
  expect(done).toMatchObject({
    attempts: 3,
    completedBytes: 800_000,
    totalBytes: 800_000,
    error: null,
    phase: 'success',
    endedAt: bench.clock.now(),
    secondsLeft: null,
  })
  expect(server.requestsTo('/api/pull').map(({ body }) => body)).toEqual(
    Array.from({ length: 3 }, () => ({ model: 'tiny', stream: true })),
  )
  expect(server.library.models.has('tiny:latest')).toBe(true)
  expect(bench.refreshed).toEqual(['a'])
  const bytes = bench.changes.map(({ completedBytes }) => completedBytes ?? 0)
  expect(bytes).toEqual([...bytes].sort((left, right) => left - right))
  expect(bench.changes.at(-1)).toEqual(done)
})

test('what the registry does not have fails at once, with the reason', async () => {
  const server = await startOllama()
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'nobody/has-this', insecure: true })
  const job = await reaches(bench, id, 'failed')
  expect(job).toMatchObject({
    attempts: 1,
    error: { code: 'model_not_found', detail: 'pull model manifest: file does not exist', retryable: false },
  })
  expect(server.requestsTo('/api/pull').map(({ body }) => body)).toEqual([
    { model: 'nobody/has-this', stream: true, insecure: true },
  ])
  expect(bench.refreshed).toEqual([])
})

test.each([
  ['write /blobs/x: no space left on device', 'disk_full'],
  ['pull model manifest: 401: {"errors":[{"code":"UNAUTHORIZED"}]}', 'forbidden'],
  ['invalid model name', 'upstream_error'],
])('an error inside the stream is final: %s', async (reason, code) => {
  const server = await startServer((_req, res) => {
    say(res, { status: 'pulling manifest' }, { error: reason })
    res.end()
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  expect((await reaches(bench, id, 'failed')).error).toMatchObject({ code, detail: reason })
})

test("a break of the server's own line to the registry is tried again", async () => {
  let asked = 0
  const server = await startServer((_req, res) => {
    asked += 1
    if (asked === 1) say(res, { status: 'pulling manifest' }, { error: 'max retries exceeded: unexpected EOF' })
    else say(res, { status: 'success' })
    res.end()
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  expect((await reaches(bench, id, 'retrying')).error?.message).toContain('max retries exceeded')
  bench.clock.advance(1_000)
  await reaches(bench, id, 'done')
})

test('an answer that ends without success is no success', async () => {
  let asked = 0
  const server = await startServer((_req, res) => {
    asked += 1
    say(res, { status: 'pulling manifest' }, { status: 'writing manifest' })
    if (asked === 2) say(res, { status: 'success' })
    res.end()
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  expect((await reaches(bench, id, 'retrying')).error?.message).toContain('ended its answer before it was done')
  bench.clock.advance(1_000)
  await reaches(bench, id, 'done')
})

test('a server that does not answer is asked 8 times, ever more rarely, and its reason is kept', async () => {
  const server = await startOllama()
  await server.kill()
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'tiny' })
  const waits: number[] = []
  for (let tries = 1; tries < 8; tries++) {
    const { retryAt, attempts } = await until(`try ${tries}`, () => {
      const job = bench.jobs.get(id)
      return job?.state === 'retrying' && job.attempts === tries ? job : null
    })
    expect(attempts).toBe(tries)
    const ms = (retryAt ?? 0) - bench.clock.now()
    waits.push(ms)
    bench.clock.advance(ms)
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000])
  const job = await reaches(bench, id, 'failed')
  expect(job).toMatchObject({ attempts: 8, error: { code: 'upstream_unavailable' } })
  // Afterwards a person says when: it goes on where it was.
  await server.revive()
  server.script.registry.set('tiny', { layers: [1_000] })
  expect(bench.jobs.resume(id).state).toBe('running')
  await reaches(bench, id, 'done')
})

test('a busy server and one without a first byte are tried again; resume does not wait', async () => {
  let asked = 0
  const server = await startServer((_req, res) => {
    asked += 1
    if (asked === 1) res.writeHead(503).end('busy')
    if (asked === 3) {
      say(res, { status: 'success' })
      res.end()
    }
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url, { firstByteMs: 150 }))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  expect((await reaches(bench, id, 'retrying')).error?.code).toBe('upstream_unavailable')
  bench.jobs.resume(id)
  await until('the second wait', () => bench.jobs.get(id)?.error?.code === 'first_byte_timeout' || null)
  bench.jobs.resume(id)
  await reaches(bench, id, 'done')
})

test('stalled is said after 15 s, the request is dropped and asked again, and stalled is cleared', async () => {
  const answers: ServerResponse[] = []
  let left = 0
  const server = await startServer((_req, res) => {
    answers.push(res)
    res.once('close', () => {
      if (!res.writableFinished) left += 1
    })
    say(res, { status: 'pulling manifest' }, { status: 'pulling aaaa', digest: DIGEST, total: 1_000, completed: 100 })
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  await until('first bytes', () => bench.jobs.get(id)?.completedBytes === 100 || null)
  bench.clock.advance(1_000)
  say(answers[0] as ServerResponse, { status: 'pulling aaaa', digest: DIGEST, total: 1_000, completed: 300 })
  const moving = await until('a speed', () => {
    const job = bench.jobs.get(id)
    return job?.bytesPerSecond ? job : null
  })
  expect(moving).toMatchObject({ state: 'running', bytesPerSecond: 200, secondsLeft: 3.5 })

  bench.clock.advance(6_000)
  expect(bench.jobs.get(id)).toMatchObject({ state: 'running', bytesPerSecond: null, secondsLeft: null })
  bench.clock.advance(8_000)
  expect(bench.jobs.get(id)?.state).toBe('running')
  bench.clock.advance(1_000)
  expect(bench.jobs.get(id)).toMatchObject({ state: 'stalled', bytesPerSecond: null, completedBytes: 300 })
  await until('asked again', () => answers.length === 2 || null)
  await until('the first request was dropped', () => left === 1 || null)
  await until('the second try', () => bench.jobs.get(id)?.attempts === 2 || null)
  // That it says the same again is no progress.
  expect(bench.jobs.get(id)).toMatchObject({ state: 'stalled', completedBytes: 300 })

  say(answers[1] as ServerResponse, { status: 'pulling aaaa', digest: DIGEST, total: 1_000, completed: 400 })
  expect(await reaches(bench, id, 'running')).toMatchObject({ completedBytes: 400, error: null })
  say(answers[1] as ServerResponse, { status: 'success' })
  await reaches(bench, id, 'done')
})

test('a server that stalls 8 times without a byte is given up', async () => {
  let asked = 0
  const server = await startServer((_req, res) => {
    asked += 1
    say(res, { status: 'pulling manifest' })
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  // The first try brought a new phase; the 8 after it nothing.
  for (let tries = 1; tries <= 9; tries++) {
    await until(`try ${tries}`, () => (asked === tries && bench.jobs.get(id)?.phase === 'pulling manifest') || null)
    await until(`try ${tries} listens`, () => {
      bench.clock.advance(1_000)
      return asked > tries || bench.jobs.get(id)?.state === 'failed' || null
    })
  }
  expect(bench.jobs.get(id)).toMatchObject({
    state: 'failed',
    error: { code: 'idle_timeout', message: expect.stringContaining('It last said: pulling manifest') },
  })
  expect(asked).toBe(9)
})

test('a server that checks a large file in silence is not disturbed', async () => {
  const answers: ServerResponse[] = []
  const server = await startServer((_req, res) => {
    answers.push(res)
    say(
      res,
      { status: 'pulling aaaa', digest: DIGEST, total: 1_000, completed: 1_000 },
      { status: 'verifying sha256 digest' },
    )
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  await until('it verifies', () => bench.jobs.get(id)?.phase === 'verifying sha256 digest' || null)
  bench.clock.advance(300_000)
  expect(bench.jobs.get(id)).toMatchObject({ state: 'running', bytesPerSecond: null })
  say(answers[0] as ServerResponse, { status: 'success' })
  await reaches(bench, id, 'done')
  expect(answers).toHaveLength(1)
})

test('push: progress and its error', async () => {
  const server = await startOllama({ script: { stepBytes: 2_000_000_000 } })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const pushed = bench.jobs.push({ connectionId: 'a', model: 'llama3.1:8b' })
  expect(await reaches(bench, pushed.id, 'done')).toMatchObject({ kind: 'push', completedBytes: 4_661_224_676 })
  server.script.pushError = 'unable to push: you must sign in to push this model'
  const refused = bench.jobs.push({ connectionId: 'a', model: 'llama3.1:8b' })
  expect((await reaches(bench, refused.id, 'failed')).error).toMatchObject({
    code: 'forbidden',
    detail: server.script.pushError,
  })
})

test('a web page in place of progress, and a reason that repeats our key', async () => {
  const key = 'canary-key-0123456789'
  let asked = 0
  const server = await startServer((req, res) => {
    asked += 1
    if (asked === 1) res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<html>Sign in</html>')
    else {
      say(res, { error: `refused ${req.headers.authorization}` })
      res.end()
    }
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url, {}, key))
  const page = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  expect((await reaches(bench, page.id, 'failed')).error?.message).toMatch(/^Server a answered with a web page/)
  const refused = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  const { error } = await reaches(bench, refused.id, 'failed')
  expect(error?.message).toContain('refused')
  expect(JSON.stringify([error, bench.changes, bench.stored()])).not.toContain(key)
})

test('while every try brings some bytes, there is no limit on tries', async () => {
  let asked = 0
  const server = await startServer((_req, res) => {
    asked += 1
    const line = { status: 'pulling aaaa', digest: DIGEST, total: 2_000 }
    say(res, { ...line, completed: (asked - 1) * 100 }, { ...line, completed: asked * 100 })
    if (asked < 20) setImmediate(() => res.destroy())
    else {
      say(res, { status: 'success' })
      res.end()
    }
  })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'x' })
  await until('it is done', () => {
    const job = bench.jobs.get(id)
    if (job?.state === 'retrying') {
      // After progress the wait is the shortest again.
      expect(job.retryAt).toBe(bench.clock.now() + 1_000)
      bench.clock.advance(1_000)
    }
    return job?.state === 'done' || null
  })
  expect(bench.jobs.get(id)).toMatchObject({ attempts: 20, completedBytes: 2_000 })
})
