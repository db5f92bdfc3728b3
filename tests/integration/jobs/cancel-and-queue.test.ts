import { expect, test } from 'vitest'
import type { Job } from '../../../src/shared/jobs.ts'
import { stopwatch, watchStolen } from '../../support/stopwatch.ts'
import { until } from '../../support/until.ts'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { ollamaAt, openJobs, reaches, startOllama } from './job-bench.ts'

test('cancelling the pull of an installed model leaves the installed version, and no socket', async () => {
  const server = await startOllama({ models: [scriptedModel('tiny:latest')], script: { stallAt: 0.3 } })
  server.script.registry.set('tiny', { layers: [1_000_000] })
  const before = server.library.models.get('tiny:latest')
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'tiny' })
  await until('bytes came', () => (bench.jobs.get(id)?.completedBytes ?? 0) > 0 || null)
  const passed = stopwatch()
  bench.jobs.cancel(id)
  expect(bench.jobs.get(id)).toMatchObject({ state: 'cancelled', error: null, endedAt: bench.clock.now() })
  expect(bench.changes.at(-1)?.state).toBe('cancelled')
  await until('the server sees it', () => server.requestsTo('/api/pull')[0]?.outcome === 'client left' || null)
  expect(passed()).toBeLessThan(200)
  await until('no socket is left', () => server.openSockets() === 0 || null)
  expect(server.library.models.get('tiny:latest')).toBe(before)
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /api/pull'])
  expect(bench.clock.pending()).toBe(0)

  // It ended: cancelling again changes nothing, and it goes on when resumed.
  bench.jobs.cancel(id)
  server.script.stallAt = null
  bench.jobs.resume(id)
  expect(await reaches(bench, id, 'done')).toMatchObject({ completedBytes: 1_000_000, attempts: 2 })
  bench.jobs.cancel(id)
  expect(bench.jobs.get(id)?.state).toBe('done')
  expect(() => bench.jobs.resume(id)).toThrow(expect.objectContaining({ code: 'conflict' }))
  bench.jobs.dismiss(id)
  expect(bench.jobs.list()).toEqual([])
  expect(() => bench.jobs.cancel(id)).toThrow(expect.objectContaining({ code: 'not_found' }))
})

test('three at once per connection, the rest in order; the same pull joins; other connections do not wait', async () => {
  const server = await startOllama({ script: { stallAt: 0 } })
  const other = await startOllama()
  const names = ['one', 'two', 'three', 'four', 'five']
  for (const name of names) server.script.registry.set(name, { layers: [1_000] })
  other.script.registry.set('six', { layers: [1_000] })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  bench.connections.put(ollamaAt('b', other.url))
  const jobs = names.map((model) => bench.jobs.pull({ connectionId: 'a', model }))
  const states = (): (string | undefined)[] => jobs.map(({ id }) => bench.jobs.get(id)?.state)
  expect(states()).toEqual(['running', 'running', 'running', 'queued', 'queued'])
  expect(bench.jobs.pull({ connectionId: 'a', model: 'two:latest' }).id).toBe(jobs[1]?.id)
  expect(bench.jobs.pull({ connectionId: 'a', model: 'five' }).id).toBe(jobs[4]?.id)
  await reaches(bench, bench.jobs.pull({ connectionId: 'b', model: 'six' }).id, 'done')
  await until('three requests', () => server.openRequests() === 3 || null)
  expect(() => bench.jobs.dismiss(jobs[3]?.id ?? '')).toThrow(expect.objectContaining({ code: 'conflict' }))

  bench.jobs.cancel(jobs[1]?.id ?? '')
  await until('the fourth starts', () => states()[3] === 'running' || null)
  expect(states()).toEqual(['running', 'cancelled', 'running', 'running', 'queued'])
  bench.jobs.cancel(jobs[4]?.id ?? '')
  server.script.stallAt = null
  for (const index of [0, 2, 3]) {
    const id = jobs[index]?.id ?? ''
    bench.jobs.cancel(id)
    await until('its request is gone', () => server.openRequests() < 3 - (index === 0 ? 0 : index - 1) || null)
  }
  expect(server.requestsTo('/api/pull').map(({ body }) => body?.model)).toEqual(['one', 'two', 'three', 'four'])
  expect(bench.jobs.list().map(({ model }) => model)).toEqual(['six', 'five', 'four', 'three', 'two', 'one'])
})

test('a connection that is switched off ends its jobs with the reason; only Ollama servers have jobs', async () => {
  const server = await startOllama({ script: { stallAt: 0 } })
  server.script.registry.set('one', { layers: [1_000] })
  const bench = await openJobs()
  const connection = ollamaAt('a', server.url)
  bench.connections.put(connection)
  bench.connections.put({ ...ollamaAt('b', server.url), provider: 'openai' })
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'one' })
  await until('asked', () => server.openRequests() === 1 || null)
  bench.connections.take('a')
  expect(bench.jobs.get(id)).toMatchObject({
    state: 'failed',
    error: { code: 'not_found', message: 'Server a was removed or switched off while the job ran.' },
  })
  await until('the request is gone', () => server.openRequests() === 0 || null)
  expect(() => bench.jobs.pull({ connectionId: 'a', model: 'one' })).toThrow(
    expect.objectContaining({ code: 'not_found' }),
  )
  expect(() => bench.jobs.pull({ connectionId: 'b', model: 'one' })).toThrow(
    expect.objectContaining({ code: 'unsupported' }),
  )
  expect(() => bench.jobs.pull({ connectionId: 'b', model: '  ' })).toThrow(
    expect.objectContaining({ code: 'invalid_request' }),
  )
})

test('following a job gives its state now, its changes, and its end', async () => {
  const server = await startOllama({ script: { stallAt: 0.5, stepBytes: 100 } })
  server.script.registry.set('one', { layers: [1_000] })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'one' })
  const seen: Job[] = []
  const following = (async () => {
    for await (const job of bench.jobs.follow(id, new AbortController().signal)) seen.push(job)
  })()
  await until('half way', () => bench.jobs.get(id)?.completedBytes === 500 || null)
  bench.clock.advance(250)
  await until('the follower knows', () => seen.at(-1)?.completedBytes === 500 || null)
  bench.jobs.cancel(id)
  await following
  expect(seen[0]?.state).toBe('running')
  expect(seen.at(-1)).toEqual(bench.jobs.get(id))
  expect(seen.at(-1)?.state).toBe('cancelled')

  const leave = new AbortController()
  leave.abort()
  for await (const job of bench.jobs.follow(id, leave.signal)) expect(job).toBeUndefined()
  await expect(
    bench.jobs.follow('nobody', new AbortController().signal)[Symbol.asyncIterator]().next(),
  ).rejects.toThrow(/no such job/)
})

test('100 jobs at once do not slow the loop', async () => {
  const server = await startOllama({ script: { stepBytes: 1_000, stepMs: 20 } })
  const bench = await openJobs()
  for (let index = 0; index < 34; index++) bench.connections.put(ollamaAt(`c${index}`, server.url))
  const ids: string[] = []
  for (let index = 0; index < 100; index++) {
    server.script.registry.set(`model-${index}`, { layers: [60_000] })
    ids.push(bench.jobs.pull({ connectionId: `c${index % 34}`, model: `model-${index}` }).id)
  }
  await until('all run', () => server.openRequests() === 100 || null)
  const startedAt = bench.clock.now()
  const longest = await longestTurn(async () => {
    const time = setInterval(() => bench.clock.advance(20), 20)
    try {
      for (const id of ids) await reaches(bench, id, 'done')
    } finally {
      clearInterval(time)
    }
  })
  // Each pull sends 60 lines in 1.2 s, and the server runs in this thread too.
  expect(longest).toBeLessThan(50)
  expect(bench.jobs.list().filter(({ state }) => state === 'done')).toHaveLength(100)
  const atMost = 3 + (bench.clock.now() - startedAt) / 250
  for (const id of ids) expect(bench.changes.filter((job) => job.id === id).length).toBeLessThanOrEqual(atMost)
})

/** The longest that a timer had to wait for its turn while `work` ran, in ms of this thread's own computing; what the host kept counts as computing, so it is taken off. */
async function longestTurn(work: () => Promise<void>): Promise<number> {
  let longest = 0
  let before = process.threadCpuUsage()
  let stolen = watchStolen()
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before)
    longest = Math.max(longest, (user + system) / 1_000 - stolen())
    stolen = watchStolen()
    before = process.threadCpuUsage()
  }, 5)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return longest
}
