import { Pool } from 'undici'
import { processorMicroseconds, residentMegabytes } from './child.ts'
import { oneRequest, runLoad } from './load.ts'
import { benchFile, startProcess } from './process.ts'
import { type Product, startProduct } from './product.ts'
import type { Report } from './report.ts'
import { median, percentile } from './statistics.ts'

const ROUNDS = 3
/** How long each server runs at 64 connections before the first figure: its compiler needs some 20,000 requests. */
const WARM_UP_MS = 5_000
const CHUNKS = 64
/** A request of about 1.3 kB, as chats send them. */
const MESSAGES = [{ role: 'user', content: 'x '.repeat(500) }]
const OPEN_STREAMS = 100
/** How long a steady stream runs, ms; see the stub. */
const STEADY_MS = CHUNKS * 20
/** Steady streams that follow each other on one connection. */
const STEADY_IN_TURN = 3

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

/** Our server and the bare proxy in front of the same stub upstream. */
interface Targets {
  ours: Product
  bare: { url: string; pid: number }
}
type Name = keyof Targets

/**
 * The product, built and started as users start it and asked with an API key, against the bare pass-through proxy in
 * front of the same stub upstream, interleaved: the fast path at 1, 16 and 64 connections, each translated pair, what
 * streams cost in memory and in time to their first content.
 */
export async function benchGateway(report: Report): Promise<void> {
  const stub = await startProcess(benchFile('stub-upstream.ts'))
  const bare = await startProcess(benchFile('bare-proxy.ts'), stub.url)
  const ours = await startProduct(stub.url)
  const targets = { ours, bare }
  try {
    await warmUp(targets)
    for (const pair of pairs()) {
      for (const stream of [false, true]) {
        for (const connections of pair.limits ? [1, 16, 64] : [1, 16]) {
          await compare(targets, pair, stream, connections, report)
        }
      }
      // The targets are about these two; later pairs teach the compiler other shapes.
      if (!pair.limits) continue
      await steadyStreams(targets, 32, { first: [0.75, 3], chunk: [0.2, 1.5] }, report)
      await steadyStreams(targets, 256, { first: [15, 15], chunk: [10, 10] }, report)
      await processorTime(targets, report)
    }
    await memory(ours, report)
  } finally {
    await ours.end()
    await bare.end()
    await stub.end()
  }
}

async function warmUp(targets: Targets): Promise<void> {
  for (const name of ['ours', 'bare'] as const) {
    for (const stream of [false, true]) {
      const until = performance.now() + WARM_UP_MS
      while (performance.now() < until) {
        await runLoad({ ...requestTo(targets, name, stream), connections: 64, requests: 1_000 })
      }
    }
  }
}

/** A request of the pair with limits. */
function requestTo(
  targets: Targets,
  name: Name,
  stream: boolean,
  model = 'instant',
  messages: readonly object[] = MESSAGES,
) {
  const ours = name === 'ours'
  return {
    url: targets[name].url,
    ...(ours ? { key: targets.ours.key } : {}),
    path: PATHS.openai,
    body: bodyFor(ours ? `openai.${model}` : model, stream, messages),
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

function bodyFor(model: string, stream: boolean, messages: readonly object[] = MESSAGES): string {
  return JSON.stringify({ model, max_tokens: 500, messages, stream })
}

async function compare(
  targets: Targets,
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
        url: targets[name].url,
        ...(ours ? { key: targets.ours.key } : {}),
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

/**
 * Steady streams at 50 chunks/s each: what is added to their first content and to every chunk. They begin spread over
 * the length of one, as people do; all at once they would measure how long a burst of requests takes.
 */
async function steadyStreams(
  targets: Targets,
  streams: number,
  limits: { first: [number, number]; chunk: [number, number] },
  report: Report,
): Promise<void> {
  const first = { ours: [] as number[], bare: [] as number[] }
  const transits = { ours: [] as number[], bare: [] as number[] }
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
      const { samples } = await runLoad({
        ...requestTo(targets, name, true, 'steady'),
        connections: streams,
        requests: streams * STEADY_IN_TURN,
        spreadMs: STEADY_MS,
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
async function processorTime(targets: Targets, report: Report): Promise<void> {
  const large = { role: 'user', content: 'words and more '.repeat(9_500) }
  for (const [name, messages, connections, requests, limit] of [
    ['1.3 kB', MESSAGES, 64, 4_000, 80 / 47],
    ['142 kB', [large], 4, 600, 1 / 0.23],
  ] as const) {
    const perRequest = { ours: [] as number[], bare: [] as number[] }
    for (let round = 0; round <= ROUNDS; round++) {
      for (const target of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
        const { pid } = targets[target]
        const before = await processorMicroseconds(pid)
        await runLoad({ ...requestTo(targets, target, false, 'instant', messages), connections, requests })
        if (round > 0) perRequest[target].push(((await processorMicroseconds(pid)) - before) / requests)
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
async function memory({ url, pid, key }: Product, report: Report): Promise<void> {
  const pool = new Pool(url, { connections: OPEN_STREAMS, pipelining: 1 })
  const before = await residentMegabytes(pid)
  const running = Array.from({ length: OPEN_STREAMS }, () =>
    oneRequest(pool, { path: PATHS.openai, key, body: bodyFor('openai.steady', true) }),
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
