import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createUpstream } from '../../../src/main/engine/http/create-upstream.ts'
import { createJobs } from '../../../src/main/engine/jobs/index.ts'
import type { Connection, ConnectionSet } from '../../../src/main/engine/spec/connections.ts'
import type { Jobs } from '../../../src/main/engine/spec/jobs.ts'
import { openStorage, type StoredJob } from '../../../src/main/engine/storage/index.ts'
import { connectionConfigSchema } from '../../../src/shared/connections.ts'
import type { Job, JobState } from '../../../src/shared/jobs.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'
import { scriptedAdapter } from '../../support/scripted-adapter.ts'
import { tempFolder } from '../../support/temp-folder.ts'
import { createTestLog } from '../../support/test-log.ts'
import { until } from '../../support/until.ts'
import { DEFAULT_MODELS, type OllamaUpstream, startOllamaUpstream } from '../../support/upstreams/ollama-upstream.ts'

export type TestConnections = ConnectionSet & {
  put(connection: Connection): void
  take(id: string): void
}

/** Connections that tests put in and take out. */
export function testConnections(): TestConnections {
  const connections = new Map<string, Connection>()
  const listeners = new Set<(changed: readonly string[]) => void>()
  const changed = (id: string): void => {
    for (const listener of [...listeners]) listener([id])
  }
  return {
    all: () => [...connections.values()],
    find: (id) => connections.get(id) ?? null,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    put(connection) {
      connections.set(connection.id, connection)
      changed(connection.id)
    },
    take(id) {
      connections.delete(id)
      changed(id)
    },
  }
}

/** A connection to an Ollama server with the real HTTP below it. */
export function ollamaAt(id: string, url: string, timeouts: { firstByteMs?: number } = {}, key?: string): Connection {
  const config = connectionConfigSchema.parse({
    provider: 'ollama',
    name: `Server ${id}`,
    baseUrl: url,
    timeouts: { connectMs: 2_000, firstByteMs: 20_000, idleMs: 20_000, ...timeouts },
  })
  const upstream = createUpstream({
    config,
    title: `Server ${id}`,
    secrets: { keys: key === undefined ? [] : [key], headers: {} },
    log: createTestLog(),
  })
  onTestFinished(() => upstream.close())
  return {
    id,
    name: `Server ${id}`,
    provider: 'ollama',
    place: 'near',
    adapter: { ...scriptedAdapter([]), kind: 'ollama', upstream },
    config,
    keyCount: 1,
    listKey: url,
  }
}

export interface JobBench {
  jobs: Jobs
  connections: TestConnections
  clock: ManualClock
  refreshed: string[]
  /** Every change that was told. */
  changes: Job[]
  /** What the database holds now. */
  stored(): StoredJob[]
  /** A new engine part over the same database, after the old one was closed. */
  restart(): Promise<void>
}

/** Jobs over a real database, with time that only moves when told. */
export async function openJobs(connections = testConnections(), rows: StoredJob[] = []): Promise<JobBench> {
  const folder = tempFolder()
  const clock = createManualClock()
  const refreshed: string[] = []
  const changes: Job[] = []
  const log = createTestLog()
  let storage = openStorage({ folder, log, now: clock.now })
  for (const row of rows) storage.jobs.add(row)

  function open(): Jobs {
    const jobs = createJobs({
      records: storage.jobs,
      connectionSet: connections,
      clock,
      log,
      random: () => 0.5,
      catalogRefresh: async (id) => void refreshed.push(id),
    })
    jobs.onChange((job) => changes.push(job))
    return jobs
  }
  const bench: JobBench = {
    jobs: open(),
    connections,
    clock,
    refreshed,
    changes,
    stored: () => storage.jobs.all().jobs,
    async restart() {
      await bench.jobs.close()
      storage.close()
      storage = openStorage({ folder, log, now: clock.now })
      bench.jobs = open()
    },
  }
  onTestFinished(async () => {
    await bench.jobs.close()
    storage.close()
  })
  return bench
}

export async function startOllama(options: Parameters<typeof startOllamaUpstream>[0] = {}): Promise<OllamaUpstream> {
  const server = await startOllamaUpstream({ models: [...DEFAULT_MODELS], ...options })
  onTestFinished(() => server.stop())
  return server
}

/** The job once it has one of these states. */
export function reaches({ jobs }: JobBench, id: string, ...states: JobState[]): Promise<Job> {
  return until(`job reaches ${states.join(' or ')}`, () => {
    const job = jobs.get(id)
    if (job !== null && states.includes(job.state)) return job
    if (job?.state === 'failed') throw new Error(`The job failed: ${JSON.stringify(job.error)}`)
    return null
  })
}

/** A server of which the test answers each request itself. */
export async function startServer(
  handle: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<{ url: string; sockets(): number }> {
  const server = createServer(handle)
  let sockets = 0
  server.on('connection', (socket) => {
    sockets += 1
    socket.once('close', () => (sockets -= 1))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets: () => sockets }
}

/** Writes progress lines. */
export function say(res: ServerResponse, ...lines: object[]): void {
  if (!res.headersSent) res.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
  for (const line of lines) res.write(`${JSON.stringify(line)}\n`)
}
