import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { startChild } from '../tests/bench/child.ts'
import { benchGateway } from '../tests/bench/gateway-bench.ts'
import { benchLlama } from '../tests/bench/llama-bench.ts'
import { benchPortkey } from '../tests/bench/portkey-bench.ts'
import { Report } from '../tests/bench/report.ts'
import { benchSoak } from '../tests/bench/soak-bench.ts'
import { benchStart } from '../tests/bench/start-bench.ts'
import { watchStolenTime } from '../tests/bench/stolen-time.ts'
import { benchStorage } from '../tests/bench/storage-bench.ts'
import { benchUi } from '../tests/bench/ui-bench.ts'

// `npm run bench [-- gateway|llama|start|storage|ui|portkey|soak …]`: measures, prints ratios, writes bench-results/<time>.json.
// The last two only by name: one installs a peer from npm, the other takes several minutes. Exits with 1 when a figure
// with a limit is beyond it.

const only = process.argv.slice(2)
const isNamed = (part: string): boolean => only.includes(part)
const wants = (part: string): boolean => only.length === 0 || isNamed(part)
const root = join(import.meta.dirname, '..')

const built = spawnSync(process.execPath, [join(root, 'scripts/run.mjs'), 'build'], { stdio: 'inherit', cwd: root })
if (built.status !== 0) process.exit(built.status ?? 1)

const report = new Report()

/** Runs a part and says how much of its time the host gave to others. */
async function measured(title: string, part: () => Promise<void>): Promise<void> {
  console.log(`\n${title}`)
  const stolen = watchStolenTime()
  await part()
  const share = stolen()
  if (share !== null && share > 0.02) {
    console.log(
      `  ${Math.round(share * 100)} % of the processor time was stolen by the host meanwhile: figures in ms are too high`,
    )
  }
}

if (wants('start')) {
  await measured('Start-up', () => benchStart(report))
}
if (wants('gateway')) {
  await measured('Gateway against a bare pass-through proxy in front of the same upstream', () => benchGateway(report))
}
if (isNamed('portkey')) {
  await measured('Gateway against Portkey', () => benchPortkey(report))
}
if (isNamed('soak')) {
  await measured('A million requests', () => benchSoak(report))
}
if (wants('llama') || wants('storage') || wants('ui')) {
  const server = await startChild('bench-server.ts', [], { SWITCHYARD_GPU: 'off' })
  try {
    if (wants('llama')) await measured('Llama path', () => benchLlama(server, report))
    if (wants('storage')) await measured('The loop beside storage', () => benchStorage(server, report))
    if (wants('ui')) await measured('The window in Chromium', () => benchUi(server, report))
  } finally {
    await server.end()
  }
}
console.log(`\nWritten to ${report.write(join(root, 'bench-results'))}`)
const missed = report.missed()
if (missed.length > 0) {
  console.error(`${missed.length} figure(s) beyond their limit: ${missed.map((figure) => figure.name).join('; ')}`)
  process.exit(1)
}
