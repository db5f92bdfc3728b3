import { Pool } from 'undici'
import { type MeasuredChild, processorMicroseconds, residentMegabytes, startChild } from './child.ts'
import { oneRequest, runLoad } from './load.ts'
import type { Report } from './report.ts'
import { median, percentile } from './statistics.ts'

const ROUNDS = 3
const CHUNKS = 64
/** A request of about 1.3 kB, as chats send them. */
const MESSAGES = [{ role: 'user', content: 'x '.repeat(500) }]
const OPEN_STREAMS = 100

/** Which client dialect against which upstream; the same one is the fast path. */
interface Pair {
  name: string
  path: string
  /** The prefix of the connection chooses the upstream. */
  model: string
  /** Where the bare proxy finds the same upstream. */
  upstreamPath: string
  limits: boolean
}

const PATHS = { openai: '/v1/chat/completions', ollama: '/api/chat', anthropic: '/v1/messages' } as const
type Dialect = keyof typeof PATHS
const DIALECTS = Object.keys(PATHS) as Dialect[]

/**
 * The gateway against the bare pass-through proxy in front of the same stub upstream, interleaved: the fast path at 1, 16
 * and 64 connections, each translated pair, what streams cost in memory and in time to their first content.
 */
export async function benchGateway(server: MeasuredChild, report: Report): Promise<void> {
  const url = String(server.ready.url)
  const bare = await startChild('bare-proxy.ts', [String(server.ready.upstream)])
  const bareUrl = `http://127.0.0.1:${String(bare.ready.port)}`
  const both = { ours: url, bare: bareUrl }
  try {
    for (const pair of pairs()) {
      for (const stream of [false, true]) {
        for (const connections of pair.limits ? [1, 16, 64] : [1, 16]) {
          await compare(both, pair, stream, connections, report)
        }
      }
    }
    await steadyStreams(both, 32, { first: [0.75, 3], chunk: [0.2, 1.5] }, report)
    await steadyStreams(both, 256, { first: [15, 15], chunk: [10, 10] }, report)
    await processorTime({ ours: server.child.pid ?? 0, bare: bare.child.pid ?? 0 }, both, report)
    await memory(server, url, report)
  } finally {
    await bare.end()
  }
}

function pairs(): Pair[] {
  return DIALECTS.flatMap((client) =>
    DIALECTS.map((upstream) => ({
      name: client === upstream ? `${client}, fast path` : `${client} to ${upstream}`,
      path: PATHS[client],
      model: `${upstream}.instant`,
      upstreamPath: PATHS[upstream],
      limits: client === upstream && client === 'openai',
    })),
  )
}

function bodyFor(model: string, stream: boolean): string {
  return JSON.stringify({ model, max_tokens: 500, messages: MESSAGES, stream })
}

async function compare(
  targets: { ours: string; bare: string },
  pair: Pair,
  stream: boolean,
  connections: number,
  report: Report,
): Promise<void> {
  const requests = (stream ? 1_500 : 3_000) / (connections === 1 ? 4 : 1)
  const perSecond = { ours: [] as number[], bare: [] as number[] }
  const p50 = { ours: [] as number[], bare: [] as number[] }
  const p99 = { ours: [] as number[], bare: [] as number[] }
  const names = ['ours', 'bare'] as const
  for (let round = 0; round <= ROUNDS; round++) {
    // Reversed every other round, so that neither always runs on the warmer machine. Round 0 warms up.
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const ours = name === 'ours'
      const { samples, ...result } = await runLoad({
        url: targets[name],
        path: ours ? pair.path : pair.upstreamPath,
        body: bodyFor(ours ? pair.model : 'instant', stream),
        connections,
        requests: round === 0 ? Math.ceil(requests / 3) : requests,
      })
      if (round === 0) continue
      const durations = samples.map((sample) => sample.durationMs)
      perSecond[name].push(result.perSecond)
      p50[name].push(median(durations))
      p99[name].push(percentile(durations, 0.99))
    }
  }
  const group = `gateway, ${pair.name}, ${stream ? `stream of ${CHUNKS}` : 'whole'}, c${connections}`
  const ours = median(perSecond.ours)
  const gate = connections === 64 ? (stream ? 0.7 : 0.65) : null
  report.add({
    group,
    name: `${group}: requests/s`,
    value: ours / median(perSecond.bare),
    unit: 'x',
    against: `the bare proxy (${Math.round(ours)}/s${stream ? `, ${Math.round((ours * CHUNKS) / 1000)}k chunks/s` : ''})`,
    ...(pair.limits && gate !== null ? { limit: gate, limitKind: 'at least' as const } : {}),
  })
  if (connections !== 1) return
  const isGate = pair.limits && !stream
  report.add({
    group,
    name: `${group}: added p50`,
    value: median(p50.ours) - median(p50.bare),
    unit: 'ms',
    ...(isGate ? { limit: 0.3 } : {}),
  })
  report.add({
    group,
    name: `${group}: added p99`,
    value: median(p99.ours) - median(p99.bare),
    unit: 'ms',
    ...(isGate ? { limit: 1 } : {}),
  })
}

/** Steady streams at 50 chunks/s each: what is added to their first content and to every chunk. */
async function steadyStreams(
  targets: { ours: string; bare: string },
  streams: number,
  limits: { first: [number, number]; chunk: [number, number] },
  report: Report,
): Promise<void> {
  const first = { ours: [] as number[], bare: [] as number[] }
  const transits = { ours: [] as number[], bare: [] as number[] }
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
      const { samples } = await runLoad({
        url: targets[name],
        path: PATHS.openai,
        body: bodyFor(name === 'ours' ? 'openai.steady' : 'steady', true),
        connections: streams,
        requests: streams,
        ...(round === 0 ? {} : { transits: transits[name] }),
      })
      if (round > 0) first[name].push(...samples.map((sample) => sample.firstContentMs))
    }
  }
  const group = `gateway, ${streams} steady streams`
  for (const [index, quantile] of [0.5, 0.99].entries()) {
    for (const [what, samples, limit] of [
      ['first content', first, limits.first[index]],
      ['a chunk', transits, limits.chunk[index]],
    ] as const) {
      report.add({
        group,
        name: `${group}: added to ${what}, p${quantile * 100}`,
        value: percentile(samples.ours, quantile) - percentile(samples.bare, quantile),
        unit: 'ms',
        ...(limit === undefined ? {} : { limit }),
      })
    }
  }
}

/** Processor time per request at saturation, small bodies and bodies as agents send them, as multiples of the bare proxy's. */
async function processorTime(
  pids: { ours: number; bare: number },
  targets: { ours: string; bare: string },
  report: Report,
): Promise<void> {
  const large = { role: 'user', content: 'words and more '.repeat(9_500) }
  for (const [name, messages, connections, requests, limit] of [
    ['1.3 kB', MESSAGES, 64, 4_000, 80 / 47],
    ['142 kB', [large], 4, 600, 1 / 0.23],
  ] as const) {
    const perRequest = { ours: [] as number[], bare: [] as number[] }
    for (let round = 0; round <= ROUNDS; round++) {
      for (const target of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
        const model = target === 'ours' ? 'openai.instant' : 'instant'
        const before = await processorMicroseconds(pids[target])
        await runLoad({
          url: targets[target],
          path: PATHS.openai,
          body: JSON.stringify({ model, max_tokens: 500, messages }),
          connections,
          requests,
        })
        if (round > 0) perRequest[target].push(((await processorMicroseconds(pids[target])) - before) / requests)
      }
    }
    const ours = median(perRequest.ours)
    report.add({
      group: 'gateway, processor time',
      name: `gateway, processor time per request, ${name}`,
      value: ours / median(perRequest.bare),
      unit: 'x',
      against: `the bare proxy (${ours.toFixed(0)} us)`,
      limit,
    })
  }
}

/** What streams cost that are open at the same time. */
async function memory(server: MeasuredChild, url: string, report: Report): Promise<void> {
  const { pid } = server.child
  if (pid === undefined) return
  const pool = new Pool(url, { connections: OPEN_STREAMS, pipelining: 1 })
  const before = await residentMegabytes(pid)
  const running = Array.from({ length: OPEN_STREAMS }, () =>
    oneRequest(pool, { path: PATHS.openai, body: bodyFor('openai.steady', true) }),
  )
  let most = 0
  const sampling = setInterval(() => {
    void residentMegabytes(pid).then((now) => {
      most = Math.max(most, now)
    })
  }, 100)
  await Promise.all(running)
  clearInterval(sampling)
  await pool.close()
  const group = `gateway, ${OPEN_STREAMS} open streams`
  report.add({ group, name: `${group}: resident memory more`, value: most - before, unit: 'MB', limit: 100 })
  report.add({ group, name: `${group}: resident memory`, value: most, unit: 'MB' })
}
