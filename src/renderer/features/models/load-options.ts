import type { LoadOptions } from '#shared/models.ts'

export type OptionKey = keyof LoadOptions

/** The order in which options are shown. */
export const OPTION_KEYS: readonly OptionKey[] = [
  'contextSize',
  'gpuLayers',
  'sequences',
  'threads',
  'batchSize',
  'keepAliveSeconds',
  'mmap',
  'mlock',
  'flashAttention',
]

/** `options` with one option set, or taken out when `value` is undefined. */
export function withOption<Key extends OptionKey>(
  options: LoadOptions,
  key: Key,
  value: LoadOptions[Key] | undefined,
): LoadOptions {
  const next: LoadOptions = { ...options }
  if (value === undefined) delete next[key]
  else next[key] = value
  return next
}

/** Tokens that a model is given where nothing asks for a number. */
const DEFAULT_CONTEXT = 8192

/**
 * Options as they would hold once saved: what was taken out of the saved ones stands with what takes its place, since
 * whoever checks them would else take the saved value for it.
 */
export function wholeOptions(
  options: LoadOptions,
  saved: LoadOptions,
  defaults: LoadOptions,
  trained: number | undefined,
): LoadOptions {
  const plain: LoadOptions = {
    contextSize: Math.min(DEFAULT_CONTEXT, trained ?? DEFAULT_CONTEXT),
    gpuLayers: 'auto',
    sequences: 1,
    mmap: true,
    mlock: false,
    ...defaults,
  }
  const removed = OPTION_KEYS.filter((key) => saved[key] !== undefined && options[key] === undefined)
  return removed.reduce((whole, key) => withOption(whole, key, plain[key]), options)
}

/** Options that differ from what holds without them. */
export function changedKeys(options: LoadOptions, defaults: LoadOptions): OptionKey[] {
  return OPTION_KEYS.filter((key) => options[key] !== undefined && options[key] !== defaults[key])
}

/** Whether two sets of options say the same. */
export function sameOptions(a: LoadOptions, b: LoadOptions): boolean {
  return OPTION_KEYS.every((key) => a[key] === b[key])
}

/**
 * Whether a loaded model runs with what was asked for. `loaded` is what it came to: every option resolved, so only what
 * was asked for plainly is compared (`auto` and `max` have no fixed value). How long it stays is no part of how it runs: a
 * loaded model takes that at once.
 */
export function runsAsAsked(loaded: LoadOptions, asked: LoadOptions): boolean {
  return OPTION_KEYS.every((key) => {
    const wanted = asked[key]
    if (key === 'keepAliveSeconds') return true
    return wanted === undefined || typeof wanted === 'string' || wanted === loaded[key]
  })
}

/** Stops of a slider over powers of two, `max` itself last: 512, 1024 ... */
export function powerStops(min: number, max: number): number[] {
  const stops: number[] = []
  for (let stop = min; stop < max; stop *= 2) stops.push(stop)
  stops.push(max)
  return stops
}

/** Position of the stop nearest to a value. */
export function nearestStop(stops: readonly number[], value: number): number {
  let best = 0
  stops.forEach((stop, position) => {
    const nearest = stops[best] ?? stop
    if (Math.abs(stop - value) < Math.abs(nearest - value)) best = position
  })
  return best
}
