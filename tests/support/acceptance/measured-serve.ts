import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServeProcess, startServe } from '../serve-process.ts'
import { until } from '../until.ts'

/** What is left in a served process after garbage collection. Bytes. */
export interface Measure {
  heapUsed: number
  external: number
  rss: number
  /** What keeps the loop alive, by kind: sockets, timers, requests … */
  handles: Record<string, number>
}

export interface MeasuredServe extends ServeProcess {
  measure(): Promise<Measure>
}

/** A built server that can be asked what it holds in memory. */
export async function startMeasuredServe(): Promise<MeasuredServe> {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-measure-'))
  const file = join(folder, 'measure.json')
  const script = new URL('./measure-on-signal.mjs', import.meta.url).href
  const serve = await startServe({ env: { NODE_OPTIONS: `--expose-gc --import ${script}`, MEASURE_FILE: file } })
  return {
    ...serve,
    async measure() {
      rmSync(file, { force: true })
      serve.child.kill('SIGUSR2')
      return until('the server measured itself', () => {
        try {
          return JSON.parse(readFileSync(file, 'utf8')) as Measure
        } catch {
          // Not there yet.
          return null
        }
      })
    },
    async end(signal) {
      const ended = await serve.end(signal)
      rmSync(folder, { recursive: true, force: true })
      return ended
    },
  }
}
