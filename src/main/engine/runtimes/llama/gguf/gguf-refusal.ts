import type { GgufRefusalKind } from '#shared/models.ts'

/** Why a file is refused: `reason` is a plain sentence for people, `detail` says where in the file. */
export class GgufRefusal extends Error {
  readonly kind: GgufRefusalKind
  readonly reason: string
  readonly detail: string | null

  constructor(kind: GgufRefusalKind, reason: string, detail: string | null = null) {
    super(reason)
    this.name = 'GgufRefusal'
    this.kind = kind
    this.reason = reason
    this.detail = detail
  }
}

/** How a sentence about a file that contradicts its own size ends. */
export const DAMAGED = 'the download was cut off or the file is damaged'

/** A byte count for people, in the decimal units that file managers use. */
export function describeBytes(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 'bytes'
  for (const next of units) {
    if (value < 1000) break
    value /= 1000
    unit = next
  }
  if (unit === 'bytes') return bytes === 1 ? '1 byte' : `${bytes} bytes`
  return `${value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${unit}`
}
