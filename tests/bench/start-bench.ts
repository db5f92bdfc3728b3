import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from './report.ts'
import { median } from './statistics.ts'

const ROUNDS = 5
const ROOT = join(import.meta.dirname, '..', '..')

/** From spawn to the first 200 of /health, against a Node that only starts; interleaved. */
export async function benchStart(report: Report): Promise<void> {
  const ours: number[] = []
  const node: number[] = []
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-start-'))
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const [server, bare] = [await timeServe(folder), await timeNode()]
      if (round === 0) continue
      ours.push(server)
      node.push(bare)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const group = 'start'
  report.add({ group, name: 'spawn to /health', value: median(ours), unit: 'ms', limit: 500 })
  report.add({
    group,
    name: 'spawn to /health',
    value: median(ours) / median(node),
    unit: 'x',
    against: 'an empty Node',
  })
}

async function timeServe(folder: string): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [join(ROOT, 'out/main/serve.js'), '--port', '0', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      const ready = /ready at (http:\S+)/.exec(output)?.[1]
      if (ready !== undefined) resolve(ready)
    })
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
  })
  const health = await fetch(`${url}/health`)
  const duration = performance.now() - startedAt
  if (!health.ok) throw new Error(`/health answered ${health.status}`)
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await exited
  return duration
}

async function timeNode(): Promise<number> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' })
  await new Promise((resolve) => child.once('exit', resolve))
  return performance.now() - startedAt
}
