import { readFileSync } from 'node:fs'

/**
 * Starts a stopwatch; what it returns tells the ms since then, less what the host of this machine kept from its processors
 * meanwhile (Linux's "steal", in steps of 10 ms; elsewhere nothing is taken off). A limit on the product's time is about
 * time in which it could run: on a quiet host, and in front of a user, both are the same.
 */
export function stopwatch(): () => number {
  const stolenBefore = stolenMs()
  const startedAt = performance.now()
  return () => performance.now() - startedAt - (stolenMs() - stolenBefore)
}

const JIFFY_MS = 10

/** What the host kept from all processors since the machine started, ms. */
export function stolenMs(): number {
  try {
    // cpu  user nice system idle iowait irq softirq steal guest guest_nice
    const all = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
    return Number(all.trim().split(/\s+/)[8] ?? 0) * JIFFY_MS
  } catch {
    // Only Linux has this file.
    return 0
  }
}
