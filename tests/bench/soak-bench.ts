import { residentMegabytes } from './child.ts'
import { endTargets, requestTo, startTargets } from './gateway-targets.ts'
import { runLoad } from './load.ts'
import type { Report } from './report.ts'
import { median } from './statistics.ts'

/** After so many requests the server's heaps have their size. */
const WARM_UP = 200_000
const REQUESTS = 1_000_000
const STEP = 20_000

/** Whether memory grows over a million requests, streamed ones among them. Takes some minutes. */
export async function benchSoak(report: Report): Promise<void> {
  const targets = await startTargets()
  try {
    const sizes: number[] = []
    for (let done = 0; done < WARM_UP + REQUESTS; done += STEP) {
      // Every tenth step is one of streams.
      const stream = (done / STEP) % 10 === 9
      await runLoad({ ...requestTo(targets, 'ours', stream), connections: 64, requests: STEP })
      if (done >= WARM_UP) sizes.push(await residentMegabytes(targets.ours.pid))
    }
    const few = Math.ceil(sizes.length / 10)
    const [first, last] = [median(sizes.slice(0, few)), median(sizes.slice(-few))]
    report.add({
      group: 'gateway, memory',
      name: 'gateway, resident memory growth over 1M requests',
      value: (100 * (last - first)) / first,
      unit: '%',
      against: `${Math.round(first)} MB`,
      limit: 10,
    })
  } finally {
    await endTargets(targets)
  }
}
