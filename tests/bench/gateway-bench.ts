import { type MeasuredChild, startChild } from './child.ts'
import { runLoad } from './load.ts'
import type { Report } from './report.ts'
import { median, percentile } from './statistics.ts'

const ROUNDS = 3
const BODY = { model: 'instant', messages: [{ role: 'user', content: 'x '.repeat(500) }] }
const WHOLE = JSON.stringify(BODY)
const STREAM = JSON.stringify({ ...BODY, stream: true })

/** Added latency and throughput of the gateway against a bare node:http server that sends the same bytes, interleaved. */
export async function benchGateway(server: MeasuredChild, report: Report): Promise<void> {
  const url = String(server.ready.url)
  const path = '/v1/chat/completions'
  const [whole, stream] = await Promise.all([answerOf(url + path, WHOLE), answerOf(url + path, STREAM)])
  const bare = await startChild('bare-server.ts', [whole, stream])
  const bareUrl = `http://127.0.0.1:${String(bare.ready.port)}`
  const targets = [
    { name: 'bare', url: bareUrl },
    { name: 'ours', url },
  ]
  try {
    for (const [kind, body, requests] of [
      ['whole', WHOLE, 6_000],
      ['stream of 64', STREAM, 3_000],
    ] as const) {
      for (const connections of [1, 16, 64]) {
        const count = connections === 1 ? Math.floor(requests / 6) : requests
        const perSecond = { bare: [] as number[], ours: [] as number[] }
        const p50 = { bare: [] as number[], ours: [] as number[] }
        const p99 = { bare: [] as number[], ours: [] as number[] }
        for (let round = 0; round <= ROUNDS; round++) {
          // Reversed every other round, so that neither always runs on the warmer machine. Round 0 warms up.
          for (const target of round % 2 === 0 ? targets : [...targets].reverse()) {
            const result = await runLoad({ url: target.url, path, body, connections, requests: count })
            if (round === 0) continue
            const name = target.name as 'bare' | 'ours'
            const durations = result.samples.map((sample) => sample.durationMs)
            perSecond[name].push(result.perSecond)
            p50[name].push(median(durations))
            p99[name].push(percentile(durations, 0.99))
          }
        }
        const group = `gateway, ${kind}, c${connections}`
        report.add({
          group,
          name: `${group}: requests/s`,
          value: median(perSecond.ours) / median(perSecond.bare),
          unit: 'x',
          against: `bare node:http (${Math.round(median(perSecond.ours))}/s)`,
        })
        if (connections === 1) {
          report.add({
            group,
            name: `${group}: added p50`,
            value: median(p50.ours) - median(p50.bare),
            unit: 'ms',
            limit: 1,
          })
          report.add({
            group,
            name: `${group}: added p99`,
            value: median(p99.ours) - median(p99.bare),
            unit: 'ms',
            limit: 5,
          })
        }
      }
    }
  } finally {
    await bare.end()
  }
}

async function answerOf(url: string, body: string): Promise<string> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return answer.text()
}
