import type { CDPSession } from 'playwright'

interface TraceEvent {
  name: string
  ph: string
  ts: number
  /** Wall time, µs. */
  dur?: number
  /** CPU time of the thread, µs: what the page itself cost, whatever else the machine does. */
  tdur?: number
  pid: number
  tid: number
  args?: { name?: string }
}

/** Records a page's main thread while `during` runs; returns the work of each frame in ms of CPU time (tasks between two frames). */
export async function mainThreadWorkPerFrame(cdp: CDPSession, during: () => Promise<void>): Promise<number[]> {
  const events: TraceEvent[] = []
  const collect = ({ value }: { value: unknown[] }) => {
    events.push(...(value as TraceEvent[]))
  }
  cdp.on('Tracing.dataCollected', collect)
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] },
  })
  await during()
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve))
  await cdp.send('Tracing.end')
  await complete
  cdp.off('Tracing.dataCollected', collect)
  return workPerFrame(events)
}

function workPerFrame(events: TraceEvent[]): number[] {
  const onThread = (event: TraceEvent): string => `${event.pid}:${event.tid}`
  // Only a page's main thread paints; a page under measurement paints more than any other.
  const paints = new Map<string, number>()
  for (const event of events) {
    if (event.name === 'Paint') paints.set(onThread(event), (paints.get(onThread(event)) ?? 0) + 1)
  }
  const thread = [...paints].sort((a, b) => b[1] - a[1])[0]?.[0]
  const ofPage = events.filter((event) => event.ph === 'X' && onThread(event) === thread)
  const frames = ofPage.filter((event) => event.name === 'Commit')
  if (frames.length < 2) throw new Error('the trace shows no frames')
  const begins = frames.map((frame) => frame.ts).sort((a, b) => a - b)
  const work = new Array<number>(begins.length).fill(0)
  const tasks = ofPage.filter((event) => event.name === 'RunTask')
  if (tasks.length === 0) throw new Error('the trace shows no task on the main thread')
  for (const task of tasks) {
    const frame = lastAtOrBefore(begins, task.ts + (task.dur ?? 0))
    if (frame >= 0) work[frame] = (work[frame] ?? 0) + (task.tdur ?? task.dur ?? 0) / 1000
  }
  return work
}

function lastAtOrBefore(sorted: number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
