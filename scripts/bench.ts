import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { startChild } from '../tests/bench/child.ts'
import { benchGateway } from '../tests/bench/gateway-bench.ts'
import { benchLlama } from '../tests/bench/llama-bench.ts'
import { Report } from '../tests/bench/report.ts'
import { benchStart } from '../tests/bench/start-bench.ts'
import { benchUi } from '../tests/bench/ui-bench.ts'

// `npm run bench [-- gateway|llama|start|ui …]`: measures, prints ratios, writes bench-results/<time>.json.
// Exits with 1 when a figure with a limit is beyond it.

const only = process.argv.slice(2)
const wants = (part: string): boolean => only.length === 0 || only.includes(part)
const root = join(import.meta.dirname, '..')

const built = spawnSync(process.execPath, [join(root, 'scripts/run.mjs'), 'build'], { stdio: 'inherit', cwd: root })
if (built.status !== 0) process.exit(built.status ?? 1)

const report = new Report()
if (wants('start')) {
  console.log('\nStart-up')
  await benchStart(report)
}
const server = await startChild('bench-server.ts', [], { SWITCHYARD_GPU: 'off' })
try {
  if (wants('llama')) {
    console.log('\nLlama path')
    await benchLlama(server, report)
  }
  if (wants('gateway')) {
    console.log('\nGateway against a bare pass-through proxy in front of the same upstream')
    await benchGateway(server, report)
  }
  if (wants('ui')) {
    console.log('\nThe window in Chromium')
    await benchUi(server, report)
  }
} finally {
  await server.end()
}
console.log(`\nWritten to ${report.write(join(root, 'bench-results'))}`)
const missed = report.missed()
if (missed.length > 0) {
  console.error(`${missed.length} figure(s) beyond their limit: ${missed.map((figure) => figure.name).join('; ')}`)
  process.exit(1)
}
