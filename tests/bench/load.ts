import { setTimeout } from 'node:timers/promises'
import { Pool } from 'undici'

/** One finished request as the load generator saw it; ms. */
export interface Sample {
  status: number
  durationMs: number
  /** To the first body byte that `isContent` accepts (the first byte if none is given). */
  firstContentMs: number
  bytes: number
}

interface LoadOptions {
  url: string
  path: string
  body: string
  connections: number
  /** Stop after this many requests in all. */
  requests: number
  isContent?: (chunk: Buffer) => boolean
  /** Sent as a bearer token. */
  key?: string
  /** Further headers of each request. */
  headers?: Record<string, string>
  /** The lanes begin one after the other over this time, ms; else all at once. */
  spreadMs?: number
  /** Gathers how long stamped chunks (`@<ns of the monotonic clock>`) were under way, ms. */
  transits?: number[]
}

/** Closed-loop load over undici's dispatch: `connections` requests are always in flight. */
export async function runLoad(options: LoadOptions): Promise<{ samples: Sample[]; perSecond: number }> {
  const pool = new Pool(options.url, { connections: options.connections, pipelining: 1, bodyTimeout: 60_000 })
  const samples: Sample[] = []
  let started = 0
  const startedAt = performance.now()
  async function lane(index: number): Promise<void> {
    if (options.spreadMs !== undefined) await setTimeout((options.spreadMs * index) / options.connections)
    while (started < options.requests) {
      started++
      samples.push(await oneRequest(pool, options))
    }
  }
  await Promise.all(Array.from({ length: options.connections }, (_, index) => lane(index)))
  const seconds = (performance.now() - startedAt) / 1000
  await pool.close()
  refuseFailures(samples, options.path)
  return { samples, perSecond: samples.length / seconds }
}

/**
 * Open-loop load: a request every `1 / perSecond`, whether or not the ones before it were answered. Durations count from
 * when a request was due, so that a server which halts cannot hide the requests that its halt kept back.
 */
export async function runOpenLoop(options: LoadOptions & { perSecond: number }): Promise<Sample[]> {
  const pool = new Pool(options.url, { connections: options.connections, pipelining: 1, bodyTimeout: 60_000 })
  const answers: Promise<Sample>[] = []
  const startedAt = performance.now()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const due = Math.floor(((performance.now() - startedAt) * options.perSecond) / 1_000) + 1
      while (answers.length < Math.min(due, options.requests)) {
        answers.push(oneRequest(pool, options, startedAt + (answers.length * 1_000) / options.perSecond))
      }
      if (answers.length < options.requests) return
      clearInterval(timer)
      resolve()
    }, 1)
  })
  const samples = await Promise.all(answers)
  await pool.close()
  refuseFailures(samples, options.path)
  return samples
}

function refuseFailures(samples: readonly Sample[], path: string): void {
  const failed = samples.find((sample) => sample.status !== 200)
  if (failed !== undefined) throw new Error(`${path} answered ${failed.status} during the load`)
}

/** One POST; resolves when the body has ended. Its times count from `startedAt`. */
export function oneRequest(
  pool: Pool,
  options: Pick<LoadOptions, 'path' | 'body' | 'key' | 'headers' | 'isContent' | 'transits'>,
  startedAt = performance.now(),
): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const sample: Sample = { status: 0, durationMs: 0, firstContentMs: Number.NaN, bytes: 0 }
    const headers: Record<string, string> = { 'content-type': 'application/json', ...options.headers }
    if (options.key !== undefined) headers.authorization = `Bearer ${options.key}`
    pool.dispatch(
      { path: options.path, method: 'POST', headers, body: options.body },
      {
        onRequestStart() {},
        onResponseStart(_controller, status) {
          sample.status = status
        },
        onResponseData(_controller, chunk) {
          sample.bytes += chunk.length
          if (options.transits !== undefined) readStamps(chunk, options.transits)
          if (Number.isNaN(sample.firstContentMs) && (options.isContent?.(chunk) ?? true)) {
            sample.firstContentMs = performance.now() - startedAt
          }
        },
        onResponseEnd() {
          sample.durationMs = performance.now() - startedAt
          resolve(sample)
        },
        onResponseError(_controller, error) {
          reject(error)
        },
      },
    )
  })
}

const STAMP = /@(\d{6,})/g

function readStamps(chunk: Buffer, transits: number[]): void {
  const now = process.hrtime.bigint()
  for (const [, stamp] of chunk.toString('latin1').matchAll(STAMP)) {
    if (stamp !== undefined) transits.push(Number(now - BigInt(stamp)) / 1e6)
  }
}
