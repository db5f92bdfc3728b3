import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { digestOf } from '../../support/upstreams/ollama-library.ts'
import { ollamaAt, openJobs, reaches, startOllama, testConnections } from './job-bench.ts'

test('after a restart running jobs are interrupted and go on by themselves, and waiting ones keep their turn', async () => {
  const server = await startOllama({ script: { stallAt: 0.5, stepBytes: 100 } })
  const names = ['one', 'two', 'three', 'four', 'five']
  for (const name of names) server.script.registry.set(name, { layers: [1_000] })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const ids = names.map((model) => bench.jobs.pull({ connectionId: 'a', model }).id)
  await until('all three are half way', () =>
    ids.slice(0, 3).every((id) => bench.jobs.get(id)?.completedBytes === 500) ? true : null,
  )
  bench.clock.advance(2_000)
  await bench.jobs.close()
  expect(ids.map((id) => bench.jobs.get(id)?.state)).toEqual([
    'interrupted',
    'interrupted',
    'interrupted',
    'queued',
    'queued',
  ])
  await until('no request is left', () => server.openRequests() === 0 || null)
  expect(bench.clock.pending()).toBe(0)
  expect(() => bench.jobs.pull({ connectionId: 'a', model: 'six' })).toThrow(
    expect.objectContaining({ code: 'shutting_down' }),
  )

  server.script.stepMs = 10
  const asked = server.requests.length
  await bench.restart()
  const resumed = bench.jobs.list().reverse()
  expect(resumed.map(({ id, state, completedBytes }) => [id, state, completedBytes])).toEqual([
    [ids[0], 'running', 500],
    [ids[1], 'running', 500],
    [ids[2], 'running', 500],
    [ids[3], 'queued', null],
    [ids[4], 'queued', null],
  ])
  server.script.stallAt = null
  for (const id of ids)
    await until('its stall is over', () => {
      bench.clock.advance(1_000)
      return bench.jobs.get(id)?.state === 'done' || null
    })
  expect(
    server.requests
      .slice(asked)
      .map(({ body }) => body?.model)
      .slice(0, 3),
  ).toEqual(['one', 'two', 'three'])
  for (const id of ids) expect(bench.jobs.get(id)).toMatchObject({ completedBytes: 1_000, error: null })
})

test('a crash is a restart like any other', async () => {
  const server = await startOllama({ script: { stallAt: 0 } })
  for (const name of ['one', 'two', 'three', 'four']) server.script.registry.set(name, { layers: [1_000] })
  const connections = testConnections()
  const crashed = await openJobs(connections)
  connections.put(ollamaAt('a', server.url))
  for (const model of ['one', 'two', 'three', 'four']) crashed.jobs.pull({ connectionId: 'a', model })
  const rows = crashed.stored()
  expect(rows.map(({ job }) => job.state)).toEqual(['running', 'running', 'running', 'queued'])
  await crashed.jobs.close()
  server.script.stallAt = null
  const bench = await openJobs(connections, rows)
  for (const { job } of rows) expect(await reaches(bench, job.id, 'done')).toMatchObject({ completedBytes: 1_000 })
})

test('a stored job that makes no sense any more is deleted, and said in the log', async () => {
  const server = await startOllama()
  server.script.registry.set('one', { layers: [1_000] })
  const first = await openJobs()
  first.connections.put(ollamaAt('a', server.url))
  const { id } = first.jobs.pull({ connectionId: 'a', model: 'one' })
  const job = await reaches(first, id, 'done')
  const bench = await openJobs(testConnections(), [
    { job, input: { kind: 'unheard-of' }, checkpoint: {} },
    { job: { ...job, id: 'kept' }, input: { kind: 'update-all', connectionId: 'a' }, checkpoint: 'nonsense' },
  ])
  expect(bench.jobs.list().map((each) => each.id)).toEqual(['kept'])
  expect(bench.stored()).toHaveLength(1)
})

test('a job whose connection is not there yet waits for it', async () => {
  const server = await startOllama({ script: { stallAt: 0 } })
  server.script.registry.set('one', { layers: [1_000] })
  const connections = testConnections()
  const connection = ollamaAt('a', server.url)
  connections.put(connection)
  const bench = await openJobs(connections)
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'one' })
  await until('asked', () => server.openRequests() === 1 || null)
  await bench.jobs.close()
  connections.take('a')
  server.script.stallAt = null
  await bench.restart()
  expect(bench.jobs.get(id)?.state).toBe('interrupted')
  // Somebody who asks for the same joins it; nobody can go on with it now.
  expect(() => bench.jobs.resume(id)).toThrow(expect.objectContaining({ code: 'not_found' }))
  connections.put(connection)
  expect(bench.jobs.get(id)?.state).toBe('running')
  await reaches(bench, id, 'done')
})

test('ended jobs are kept over restarts, for 7 days, 200 at most', async () => {
  const server = await startOllama()
  server.script.registry.set('one', { layers: [1_000] })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const first = bench.jobs.pull({ connectionId: 'a', model: 'one' })
  await reaches(bench, first.id, 'done')
  bench.clock.advance(1_000)
  const missing = bench.jobs.pull({ connectionId: 'a', model: 'missing' })
  const failed = await reaches(bench, missing.id, 'failed')
  await bench.restart()
  expect(bench.jobs.list().map(({ id, state }) => [id, state])).toEqual([
    [missing.id, 'failed'],
    [first.id, 'done'],
  ])
  expect(bench.jobs.get(missing.id)).toEqual(failed)

  for (let index = 0; index < 200; index++) {
    bench.clock.advance(1_000)
    const { id } = bench.jobs.pull({ connectionId: 'a', model: `missing-${index}` })
    bench.jobs.cancel(id)
  }
  const kept = bench.jobs.list()
  expect(kept).toHaveLength(200)
  expect(kept.at(-1)?.model).toBe('missing-0')
  bench.clock.advance(7 * 86_400_000 - 1_000)
  expect(bench.jobs.list().map(({ model }) => model)).toEqual(['missing-199', 'missing-198'])
  await bench.restart()
  expect(bench.jobs.list()).toHaveLength(2)
})

test('progress is written every 2 s at most, changes of state at once', async () => {
  const server = await startOllama({ script: { stallAt: 0.5, stepBytes: 100 } })
  server.script.registry.set('one', { layers: [1_000] })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.pull({ connectionId: 'a', model: 'one' })
  await until('half way', () => bench.jobs.get(id)?.completedBytes === 500 || null)
  const stored = () => bench.stored().find(({ job }) => job.id === id)
  expect(stored()?.job).toMatchObject({ state: 'running', completedBytes: null })
  bench.clock.advance(1_000)
  expect(stored()?.job.completedBytes).toBeNull()
  bench.clock.advance(1_000)
  expect(stored()).toMatchObject({
    job: { completedBytes: 500, totalBytes: 1_000 },
    checkpoint: { layers: { [digestOf('one layer 0')]: [500, 1_000] } },
  })
  bench.jobs.cancel(id)
  expect(stored()?.job.state).toBe('cancelled')
  bench.jobs.dismiss(id)
  expect(stored()).toBeUndefined()
})
