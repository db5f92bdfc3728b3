/** The value below which `share` (0..1) of the samples lie; NaN for none. */
export function percentile(samples: number[], share: number): number {
  if (samples.length === 0) return Number.NaN
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(samples: number[]): number {
  return percentile(samples, 0.5)
}
