import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { bodyFor, endTargets, PATHS, ROUNDS, requestTo, startTargets, warmUp } from './gateway-targets.ts'
import { runLoad } from './load.ts'
import type { Report } from './report.ts'
import { median } from './statistics.ts'

/** The versions that its lockfile has: newer ones of the second break its streams. */
const PACKAGES = { '@portkey-ai/gateway': '1.15.2', hono: '4.9.7', '@hono/node-server': '1.13.5' }
const READY_WITHIN_MS = 20_000

/**
 * The same load through Portkey's gateway, a peer that runs on Node as well, interleaved. It is installed from npm into a
 * temporary folder, so that nothing of it becomes a dependency of ours.
 */
export async function benchPortkey(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-portkey-'))
  const targets = await startTargets()
  const portkey = await startPortkey(folder)
  try {
    await warmUp(targets)
    const rates: { ours: number[]; portkey: number[] } = { ours: [], portkey: [] }
    for (let round = 0; round <= ROUNDS; round++) {
      const ours = await runLoad({ ...requestTo(targets, 'ours', false), connections: 64, requests: 4_000 })
      const theirs = await runLoad({
        url: portkey.url,
        path: PATHS.openai,
        headers: {
          'x-portkey-provider': 'openai',
          'x-portkey-custom-host': `${targets.stub.url}/v1`,
          authorization: 'Bearer sk-bench',
        },
        body: bodyFor('instant', false),
        connections: 64,
        requests: 1_000,
      })
      if (round === 0) continue
      rates.ours.push(ours.perSecond)
      rates.portkey.push(theirs.perSecond)
    }
    report.add({
      group: 'gateway, peers',
      name: 'gateway, openai, whole, c64: requests/s',
      value: median(rates.ours) / median(rates.portkey),
      unit: 'x',
      against: `Portkey ${PACKAGES['@portkey-ai/gateway']} (${Math.round(median(rates.portkey))}/s)`,
      limit: 8,
      limitKind: 'at least',
    })
  } finally {
    portkey.end()
    await endTargets(targets)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function startPortkey(folder: string): Promise<{ url: string; end(): void }> {
  const manifest = { private: true, dependencies: PACKAGES }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: folder,
    stdio: 'inherit',
  })
  if (installed.status !== 0) throw new Error('Portkey could not be installed from npm')
  const port = await freePort()
  const child = spawn(
    process.execPath,
    [join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js'), `--port=${port}`, '--headless'],
    { cwd: folder, env: { ...process.env, NODE_ENV: 'production' }, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const url = `http://127.0.0.1:${port}`
  const giveUpAt = performance.now() + READY_WITHIN_MS
  while (!(await answers(url))) {
    if (performance.now() > giveUpAt || child.exitCode !== null) throw new Error('Portkey does not start')
    await setTimeout(100)
  }
  return { url, end: () => void child.kill('SIGTERM') }
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    return false
  }
}

/** A port that was free a moment ago: Portkey does not take 0. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
