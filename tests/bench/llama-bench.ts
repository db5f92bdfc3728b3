import { Pool } from 'undici'
import { type MeasuredChild, residentMegabytes } from './child.ts'
import { oneRequest } from './load.ts'
import type { Report } from './report.ts'
import { median } from './statistics.ts'

const ROUNDS = 5
const TOKENS = 600

/**
 * The llama path, all in the server process and interleaved: raw `sequence.evaluate` in a worker, our runtime, and the
 * gateway over HTTP. Then event-loop delay under 8 parallel streams, and memory.
 */
export async function benchLlama(server: MeasuredChild, report: Report): Promise<void> {
  const url = String(server.ready.url)
  const pid = server.child.pid ?? 0
  const idle = await residentMegabytes(pid)
  const pool = new Pool(url, { connections: 16, pipelining: 1 })
  const ask = (maxTokens: number) =>
    oneRequest(pool, {
      path: '/v1/chat/completions',
      body: JSON.stringify({
        model: 'demo',
        stream: true,
        temperature: 0,
        max_tokens: maxTokens,
        messages: [{ role: 'user', content: 'Go on in an endless loop' }],
      }),
      isContent: (chunk) => /"content":"[^"]/.test(chunk.toString('latin1')),
    })
  try {
    await ask(16)
    const loaded = await residentMegabytes(pid)
    const raw: number[] = []
    const runtime: number[] = []
    const http: number[] = []
    const ttftRuntime: number[] = []
    const ttftHttp: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const rawRun = await server.ask('raw')
      const runtimeRun = await server.ask('runtime')
      const sample = await ask(TOKENS)
      if (round === 0) continue
      raw.push(Number(rawRun.usPerToken))
      runtime.push(Number(runtimeRun.usPerToken))
      ttftRuntime.push(Number(runtimeRun.ttftMs))
      ttftHttp.push(sample.firstContentMs)
      http.push(((sample.durationMs - sample.firstContentMs) * 1000) / (TOKENS - 1))
    }
    const group = 'llama path'
    report.add({ group, name: 'raw sequence.evaluate', value: median(raw), unit: 'µs/token' })
    report.add({
      group,
      name: 'our runtime',
      value: median(runtime) / median(raw),
      unit: 'x',
      against: 'raw evaluate',
      limit: 2,
    })
    report.add({
      group,
      name: 'through the gateway',
      value: median(http) / median(raw),
      unit: 'x',
      against: 'raw evaluate',
      limit: 2.2,
    })
    report.add({
      group,
      name: 'TTFT added by the gateway',
      value: median(ttftHttp) - median(ttftRuntime),
      unit: 'ms',
      limit: 5,
    })

    await server.ask('delay:start')
    await Promise.all(Array.from({ length: 8 }, () => ask(2_000)))
    const delay = await server.ask('delay:stop')
    report.add({
      group,
      name: 'event-loop delay p99, 8 parallel streams',
      value: Number(delay.p99Ms),
      unit: 'ms',
      limit: 20,
    })
    report.add({ group, name: 'event-loop delay max, 8 parallel streams', value: Number(delay.maxMs), unit: 'ms' })
    report.add({ group: 'memory', name: 'idle', value: idle, unit: 'MB' })
    report.add({ group: 'memory', name: 'demo loaded', value: loaded, unit: 'MB' })
    report.add({ group: 'memory', name: 'after the streams', value: await residentMegabytes(pid), unit: 'MB' })
  } finally {
    await pool.close()
  }
}
