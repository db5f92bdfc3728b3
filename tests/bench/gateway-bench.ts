import { processorTime, residentMemory, translatedStreams } from './gateway-costs.ts'
import {
  bodyFor,
  endTargets,
  inRounds,
  LONG_ROUNDS,
  type Name,
  PATHS,
  ROUNDS,
  requestTo,
  SHORT_ROUNDS,
  startTargets,
  type Targets,
  warmUp,
} from './gateway-targets.ts'
import { runLoad, runOpenLoop } from './load.ts'
import { presetOver } from './product.ts'
import type { Report } from './report.ts'
import { median, percentile } from './statistics.ts'

const CHUNKS = 64
/** How long a steady stream runs, ms; see the stub. */
const STEADY_MS = CHUNKS * 20
/** Steady streams that follow each other on one connection. */
const STEADY_IN_TURN = 2
/** Below it a round has so few first contents that the p99 of ten rounds would be what three or four of them met. */
const FEW_STREAMS = 100
/** Requests a second of the open loop: far below what either can do, so that it is latency that shows. */
const OPEN_LOOP_RATE = 500

/** Which client dialect against which upstream; the same one is the fast path. */
interface Pair {
  name: string
  path: string
  /** The prefix of the connection chooses the upstream; where there are limits, a preset. */
  model: string
  /** Where the bare proxy finds the same upstream. */
  upstreamPath: string
  limits: boolean
}

const DIALECTS = Object.keys(PATHS) as (keyof typeof PATHS)[]

/**
 * The product, built and started as users start it and asked with an API key, against the bare pass-through proxy in
 * front of the same stub upstream, interleaved: the fast path at 1, 16 and 64 connections, each translated pair, what
 * streams cost in memory and in time to their first content.
 */
export async function benchGateway(report: Report): Promise<void> {
  const targets = await startTargets()
  try {
    await residentMemory(targets, report)
    await warmUp(targets)
    for (const pair of pairs()) {
      for (const stream of [false, true]) {
        for (const connections of pair.limits ? [1, 16, 64] : [1, 16]) {
          await compare(targets, pair, stream, connections, report)
        }
      }
      // The targets are about these two; later pairs teach the compiler other shapes.
      if (!pair.limits) continue
      await steadyRate(targets, report)
      await steadyStreams(targets, 32, { first: [0.75, 3], chunk: [0.2, 1.5] }, report)
      await steadyStreams(targets, 256, { first: [15, 15], chunk: [10, 10] }, report)
      await processorTime(targets, report)
    }
    await translatedStreams(targets, report)
  } finally {
    await endTargets(targets)
  }
}

function pairs(): Pair[] {
  return DIALECTS.flatMap((client) =>
    DIALECTS.map((upstream) => ({
      name: client === upstream ? `${client}, fast path` : `${client} to ${upstream}`,
      path: PATHS[client],
      model: client === upstream && client === 'openai' ? presetOver('instant') : `${upstream}.instant`,
      upstreamPath: PATHS[upstream],
      limits: client === upstream && client === 'openai',
    })),
  )
}

async function compare(
  targets: Targets,
  pair: Pair,
  stream: boolean,
  connections: number,
  report: Report,
): Promise<void> {
  const requests = (stream ? 1_500 : 3_000) / (connections === 1 ? 4 : 1)
  const counted = await inRounds(pair.limits ? SHORT_ROUNDS : ROUNDS, async (name, round) => {
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
  })
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

/** What is added to whole answers when requests come at a steady rate, whether or not the ones before were answered. */
async function steadyRate(targets: Targets, report: Report): Promise<void> {
  const counted = await inRounds(LONG_ROUNDS, async (name) => {
    const load = { ...requestTo(targets, name, false), connections: 64, requests: OPEN_LOOP_RATE * 4 }
    const samples = await runOpenLoop({ ...load, perSecond: OPEN_LOOP_RATE })
    return samples.map((sample) => sample.durationMs)
  })
  const [ours, bare] = (['ours', 'bare'] as const).map((name) => counted.flatMap((each) => each[name])) as [
    number[],
    number[],
  ]
  const group = `gateway, ${OPEN_LOOP_RATE} requests/s`
  for (const [share, limit] of [
    [0.5, 0.4],
    [0.99, 2],
  ] as const) {
    const value = percentile(ours, share) - percentile(bare, share)
    report.add({ group, name: `${group}: added p${share * 100}`, value, unit: 'ms', limit })
  }
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
  const counted = await inRounds(streams < FEW_STREAMS ? SHORT_ROUNDS : LONG_ROUNDS, async (name) => {
    const transits: number[] = []
    const { samples } = await runLoad({
      ...requestTo(targets, name, true, 'steady'),
      connections: streams,
      requests: streams * STEADY_IN_TURN,
      spreadMs: STEADY_MS,
      transits,
    })
    return { first: samples.map((sample) => sample.firstContentMs), transits }
  })
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
