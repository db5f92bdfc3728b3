import { processorMicroseconds, residentMegabytes } from './child.ts'
import { bodyFor, inRounds, MESSAGES, PATHS, requestTo, SHORT_ROUNDS, type Targets } from './gateway-targets.ts'
import { runLoad } from './load.ts'
import type { Report } from './report.ts'
import { median } from './statistics.ts'

const CHUNKS = 64

/** Processor time per request at saturation, small bodies and bodies as agents send them, as multiples of the bare proxy's. */
export async function processorTime(targets: Targets, report: Report): Promise<void> {
  const large = { role: 'user', content: 'words and more '.repeat(9_500) }
  for (const [name, messages, connections, requests, limit] of [
    ['1.3 kB', MESSAGES, 64, 4_000, 80 / 47],
    ['142 kB', [large], 4, 600, 1 / 0.23],
  ] as const) {
    const counted = await inRounds(SHORT_ROUNDS, async (which) => {
      const { pid } = targets[which]
      const before = await processorMicroseconds(pid)
      await runLoad({ ...requestTo(targets, which, false, 'instant', messages), connections, requests })
      return ((await processorMicroseconds(pid)) - before) / requests
    })
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

/** How many chunks a second of the server's processor time turns into the other dialect. */
export async function translatedStreams(targets: Targets, report: Report): Promise<void> {
  const streams = 600
  for (const [client, upstream] of [
    ['openai', 'anthropic'],
    ['anthropic', 'openai'],
  ] as const) {
    const rates: number[] = []
    for (let round = 0; round <= 3; round++) {
      const before = await processorMicroseconds(targets.ours.pid)
      await runLoad({
        url: targets.ours.url,
        key: targets.ours.key,
        path: PATHS[client],
        body: bodyFor(`${upstream}.instant`, true),
        connections: 16,
        requests: streams,
      })
      const seconds = ((await processorMicroseconds(targets.ours.pid)) - before) / 1e6
      if (round > 0) rates.push((streams * CHUNKS) / seconds)
    }
    report.add({
      group: 'gateway, translated streams',
      name: `gateway, ${client} to ${upstream}: chunks per second and core`,
      value: median(rates),
      unit: '/s',
      limit: 100_000,
      limitKind: 'at least',
    })
  }
}

/**
 * Resident memory: idle after the start, with its connections set up, and the most under load and with open streams. To be
 * called first: bodies of 142 kB leave heaps that are large for good.
 */
export async function residentMemory(targets: Targets, report: Report): Promise<void> {
  addMemory(report, 'idle', targets.ours.idleMegabytes, 120)
  addMemory(report, 'idle, with connections', await residentMegabytes(targets.ours.pid), null)
  const whole = await mostResident(targets, () =>
    runLoad({ ...requestTo(targets, 'ours', false), connections: 64, requests: 20_000 }),
  )
  addMemory(report, 'c64 load', whole.most, 260)
  for (const [streams, limit] of [
    [100, null],
    [256, 260],
  ] as const) {
    const { before, most } = await mostResident(targets, () =>
      runLoad({ ...requestTo(targets, 'ours', true, 'steady'), connections: streams, requests: streams }),
    )
    addMemory(report, `${streams} open streams`, most, limit)
    if (limit === null) addMemory(report, `${streams} open streams, more than before`, most - before, 100)
  }
}

function addMemory(report: Report, what: string, value: number, limit: number | null): void {
  const name = `gateway, resident memory, ${what}`
  report.add({ group: 'gateway, memory', name, value, unit: 'MB', ...(limit === null ? {} : { limit }) })
}

async function mostResident(
  { ours: { pid } }: Targets,
  work: () => Promise<unknown>,
): Promise<{ before: number; most: number }> {
  const before = await residentMegabytes(pid)
  let most = before
  const sampling = setInterval(() => {
    void residentMegabytes(pid).then((now) => {
      most = Math.max(most, now)
    })
  }, 100)
  try {
    await work()
  } finally {
    clearInterval(sampling)
  }
  return { before, most }
}
