import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { scriptedModel } from '../../support/upstreams/ollama-answers.ts'
import { digestOf } from '../../support/upstreams/ollama-library.ts'
import { ollamaAt, openJobs, reaches, startOllama } from './job-bench.ts'

const current = scriptedModel('current:latest', { digest: digestOf('current:latest manifest').slice(7) })
const models = [current, scriptedModel('old:latest'), scriptedModel('my-own:latest')]

async function open() {
  const server = await startOllama({ models })
  server.script.registry.set('current:latest', { layers: [1_000] })
  server.script.registry.set('old:latest', { layers: [2_000, 3_000] })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  return { server, bench }
}

test('every model is pulled in turn; what changed and what failed is said by name', async () => {
  const { server, bench } = await open()
  const { id } = bench.jobs.updateAll({ connectionId: 'a' })
  expect(bench.jobs.updateAll({ connectionId: 'a' }).id).toBe(id)
  const job = await reaches(bench, id, 'failed')
  expect(job).toMatchObject({
    kind: 'update-all',
    model: '',
    phase: '1 updated, 1 already up to date, 1 failed',
    completedBytes: 6_000,
    items: [
      { model: 'current:latest', state: 'done', changed: false },
      { model: 'old:latest', state: 'done', changed: true },
      { model: 'my-own:latest', state: 'failed', changed: null },
    ],
    error: {
      code: 'upstream_error',
      message: '1 updated, 1 already up to date, 1 failed. Not updated: my-own:latest.',
      detail: expect.stringContaining('my-own:latest: Server a did not find the model'),
    },
  })
  expect(server.requestsTo('/api/pull').map(({ body }) => body?.model)).toEqual([
    'current:latest',
    'old:latest',
    'my-own:latest',
  ])
  expect(bench.refreshed).toEqual(['a'])

  // Going on tries only what failed.
  server.script.registry.set('my-own:latest', { layers: [10] })
  bench.jobs.resume(id)
  expect(await reaches(bench, id, 'done')).toMatchObject({
    phase: '2 updated, 1 already up to date',
    error: null,
    items: [{ state: 'done' }, { state: 'done' }, { state: 'done', changed: true }],
  })
  expect(server.requestsTo('/api/pull')).toHaveLength(4)
})

test('one after the other; cancelling keeps what is done', async () => {
  const { server, bench } = await open()
  server.script.stepBytes = 10
  server.script.stepMs = 5
  const { id } = bench.jobs.updateAll({ connectionId: 'a' })
  await until('the second one runs', () => bench.jobs.get(id)?.items[1]?.state === 'running' || null)
  bench.jobs.cancel(id)
  await until('the request is gone', () => server.openRequests() === 0 || null)
  expect(bench.jobs.get(id)?.items.map(({ state }) => state)).toEqual(['done', 'cancelled', 'cancelled'])
  expect(server.library.models.size).toBe(3)
})

test('when the server goes away the rest is not called failed', async () => {
  const { server, bench } = await open()
  server.script.stallAt = 0
  const { id } = bench.jobs.updateAll({ connectionId: 'a' })
  await until('the first one runs', () => server.requestsTo('/api/pull').length === 1 || null)
  await server.kill()
  await until('given up', () => {
    bench.clock.advance(60_000)
    return bench.jobs.get(id)?.state === 'failed' || null
  })
  expect(bench.jobs.get(id)).toMatchObject({
    error: { code: 'upstream_unavailable', message: expect.stringContaining('then current:latest could not be') },
  })
  expect(bench.jobs.get(id)?.items.map(({ state }) => state)).toEqual(['failed', 'interrupted', 'interrupted'])
})

test('a server without models has nothing to update', async () => {
  const server = await startOllama({ models: [] })
  const bench = await openJobs()
  bench.connections.put(ollamaAt('a', server.url))
  const { id } = bench.jobs.updateAll({ connectionId: 'a' })
  expect(await reaches(bench, id, 'done')).toMatchObject({ items: [], error: null })
})
