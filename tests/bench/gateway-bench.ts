import { Pool } from 'undici'
import { processorMicroseconds, residentMegabytes } from './child.ts'
import { oneRequest, runLoad } from './load.ts'
import { benchFile, startProcess } from './process.ts'
import { type Product, startProduct } from './product.ts'
import type { Report } from './report.ts'
import { median, percentile } from './statistics.ts'
import { inRound, quietest, type Round } from './stolen-time.ts'

/** Rounds that count, and those that are made where a figure has a limit: the quietest of them count. */
const ROUNDS = 3
const ROUNDS_MADE = 6
/** How long each server runs at 64 connections before the first figure: its compiler needs some 20,000 requests. */
const WARM_UP_MS = 5_000
const CHUNKS = 64
/** A request of about 1.3 kB, as chats send them. */
const MESSAGES = [{ role: 'user', content: 'x '.repeat(500) }]
const OPEN_STREAMS = 100
/** How long a steady stream runs, ms; see the stub. */
const STEADY_MS = CHUNKS * 20
/** Steady streams that follow each other on one connection. */
const STEADY_IN_TURN = 2

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

/** Reversed every other round, so that neither always runs on the warmer machine. Round 0 warms up. */
async function eachInTurn<Result>(round: number, run: (name: Name) => Promise<Result>): Promise<Record<Name, Result>> {
  if (round % 2 === 0) {
    const ours = await run('ours')
    return { ours, bare: await run('bare') }
  }
  const bare = await run('bare')
  return { ours: await run('ours'), bare }
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
  const rounds: Round<Record<Name, { perSecond: number; p50: number; p99: number }>>[] = []
  for (let round = 0; round <= (pair.limits ? ROUNDS_MADE : ROUNDS); round++) {
    const done = await inRound(() =>
      eachInTurn(round, async (name) => {
        const ours = name === 'ours'
        const { samples, perSecond } = await runLoad({
          url: targets[name].url,
          ...(ours ? { key: targets.ours.key } : {}),
          path: ours ? pair.path : pair.upstreamPath,
          body: bodyFor(ours ? pair.model : 'instant', stream),
          connections,
          requests: round === 0 ? Math.ceil(requests / 3) : requests,
        })
        const durations = samples.map((sample) => sample.durationMs)
        return { perSecond, p50: median(durations), p99: percentile(durations, 0.99) }
      }),
    )
    if (round > 0) rounds.push(done)
  }
  const counted = quietest(rounds, ROUNDS)
  const of = (name: Name, figure: 'perSecond' | 'p50' | 'p99') => median(counted.map((each) => each[name][figure]))
  const group = `gateway, ${pair.name}, ${stream ? `stream of ${CHUNKS}` : 'whole'}, c${connections}`
  const ours = of('ours', 'perSecond')
  const gate = connections === 64 ? (stream ? 0.7 : 0.65) : null
  report.add({
    group,
    name: `${group}: requests/s`,
    value: ours / of('bare', 'perSecond'),
    unit: 'x',
    against: `the bare proxy (${Math.round(ours)}/s${stream ? `, ${Math.round((ours * CHUNKS) / 1000)}k chunks/s` : ''})`,
    ...(pair.limits && gate !== null ? { limit: gate, limitKind: 'at least' as const } : {}),
  })
  if (connections !== 1) return
  const isGate = pair.limits && !stream
  report.add({
    group,
    name: `${group}: added p50`,
    value: of('ours', 'p50') - of('bare', 'p50'),
    unit: 'ms',
    ...(isGate ? { limit: 0.3 } : {}),
  })
  report.add({
    group,
    name: `${group}: added p99`,
    value: of('ours', 'p99') - of('bare', 'p99'),
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
  const rounds: Round<Record<Name, { first: number[]; transits: number[] }>>[] = []
  for (let round = 0; round <= ROUNDS_MADE; round++) {
    const done = await inRound(() =>
      eachInTurn(round, async (name) => {
        const transits: number[] = []
        const { samples } = await runLoad({
          ...requestTo(targets, name, true, 'steady'),
          connections: streams,
          requests: streams * STEADY_IN_TURN,
          spreadMs: STEADY_MS,
          transits,
        })
        return { first: samples.map((sample) => sample.firstContentMs), transits }
      }),
    )
    if (round > 0) rounds.push(done)
  }
  const counted = quietest(rounds, ROUNDS)
  const all = (figure: 'first' | 'transits') => ({
    ours: counted.flatMap(({ ours }) => ours[figure]),
    bare: counted.flatMap(({ bare }) => bare[figure]),
  })
  const group = `gateway, ${streams} steady streams`
  for (const [index, quantile] of [0.5, 0.99].entries()) {
    for (const [what, samples, limit] of [
      ['first content', all('first'), limits.first[index]],
      ['a chunk', all('transits'), limits.chunk[index]],
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
    const rounds: Round<Record<Name, number>>[] = []
    for (let round = 0; round <= ROUNDS_MADE; round++) {
      const done = await inRound(() =>
        eachInTurn(round, async (name) => {
          const { pid } = targets[name]
          const before = await processorMicroseconds(pid)
          await runLoad({ ...requestTo(targets, name, false, 'instant', messages), connections, requests })
          return ((await processorMicroseconds(pid)) - before) / requests
        }),
      )
      if (round > 0) rounds.push(done)
    }
    const counted = quietest(rounds, ROUNDS)
    const ours = median(counted.map((each) => each.ours))
    report.add({
      group: 'gateway, processor time',
      name: `gateway, processor time per request, ${name}`,
      value: ours / median(counted.map((each) => each.bare)),
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
