import { processorTimes } from '../support/processor-times.ts'

/**
 * Watches how much processor time the host keeps from this machine, from /proc/stat; null elsewhere. Above a few per cent
 * figures in ms say more about the neighbours than about us, ratios of interleaved runs a little less so.
 */
export function watchStolenTime(): () => number | null {
  const before = read()
  return () => {
    const after = read()
    if (before === null || after === null || after.total === before.total) return null
    return (after.stolen - before.stolen) / (after.total - before.total)
  }
}

/** What was measured, and which share of the processor time the host took meanwhile; null where nobody can tell. */
export interface Round<Result> {
  result: Result
  stolen: number | null
}

export async function inRound<Result>(measure: () => Promise<Result>): Promise<Round<Result>> {
  const stolen = watchStolenTime()
  const result = await measure()
  return { result, stolen: stolen() }
}

/** Share of the processor time up to which a round says something about us; the clock of it ticks 100 times a second. */
const QUIET = 0.02

export function isQuiet({ stolen }: Round<unknown>): boolean {
  return stolen === null || stolen <= QUIET
}

/** The results of the rounds in which the host took least: threads' processor time counts what it took as theirs. */
export function quietest<Result>(rounds: readonly Round<Result>[], keep: number): Result[] {
  return [...rounds]
    .sort((one, other) => (one.stolen ?? 0) - (other.stolen ?? 0))
    .slice(0, keep)
    .map(({ result }) => result)
}

function read(): { stolen: number; total: number } | null {
  const times = processorTimes()
  if (times.length === 0) return null
  return {
    stolen: times.reduce((sum, { stolen }) => sum + stolen, 0),
    total: times.reduce((sum, { total }) => sum + total, 0),
  }
}
