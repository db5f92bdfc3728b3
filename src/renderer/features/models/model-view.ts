import type { AppInfo } from '#shared/app-info.ts'
import type { GgufFile } from '#shared/models.ts'

/** A model's name: its id, the one name that every client, chat and list uses. */
export function displayName(file: GgufFile): string {
  return file.id
}

/** The quantization to show beside a name; empty where the name says it already. */
export function quantizationBeside(name: string, quantization: string | null | undefined): string {
  if (quantization === null || quantization === undefined || quantization === 'unknown') return ''
  return name.toLowerCase().includes(quantization.toLowerCase()) ? '' : quantization
}

export type SortKey = 'used' | 'name' | 'size' | 'context'
export type SortDirection = 'ascending' | 'descending'

/** The direction a column starts with: newest and largest first, names from A. */
export function firstDirection(key: SortKey): SortDirection {
  return key === 'name' ? 'ascending' : 'descending'
}

/** Files in the wanted order; loaded models count as used now. Ties go by name. */
export function sortFiles(files: readonly GgufFile[], key: SortKey, direction: SortDirection): GgufFile[] {
  const turn = direction === 'ascending' ? 1 : -1
  const byName = (a: GgufFile, b: GgufFile): number => displayName(a).localeCompare(displayName(b))
  const value = (file: GgufFile): number => {
    if (key === 'size') return file.sizeBytes
    if (key === 'context') return file.facts?.contextLength ?? 0
    return file.loaded === null ? (file.lastUsedAt ?? 0) : Number.POSITIVE_INFINITY
  }
  return files.toSorted((a, b) => {
    if (key === 'name') return turn * byName(a, b)
    const x = value(a)
    const y = value(b)
    return x === y ? byName(a, b) : turn * (x < y ? -1 : 1)
  })
}

/** Files whose name, header name, quantization, architecture or path holds every word of the query. */
export function searchFiles(files: readonly GgufFile[], query: string): GgufFile[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...files]
  return files.filter((file) => {
    const text = [displayName(file), file.facts?.name, file.facts?.quantization, file.facts?.architecture, file.path]
      .join(' ')
      .toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** How a model's weights sit in this machine's memory. Fractions are of the bar's whole width. */
export interface Fit {
  word: 'yes' | 'tight' | 'no'
  where: 'vram' | 'ram'
  /** Bytes of the memory that the bar is measured against. */
  limitBytes: number
  weights: number
  kv: number
  spill: number
  missing: number
  /** Where the limit's tick stands; null when all of the bar is below it. */
  limit: number | null
}

/**
 * Whether a model fits. Before it is loaded only its weights are known, so that is what is measured; once loaded, its
 * real memory is. Room is left for the KV cache and for other programs: up to 70 % of the memory is a yes, up to 95 %
 * is tight.
 */
export function fitOf(file: GgufFile, hardware: AppInfo['hardware']): Fit {
  const vram = hardware.gpus.reduce((most, gpu) => Math.max(most, gpu.vramBytes ?? 0), 0)
  const where = vram > 0 ? 'vram' : 'ram'
  const limitBytes = vram > 0 ? vram : hardware.memoryBytes
  const memory = file.loaded?.state === 'loaded' ? file.loaded.memory : null
  const need = Math.max(memory === null ? 0 : memory.ram + memory.vram, file.sizeBytes)
  const kvBytes = memory === null ? 0 : Math.max(0, need - file.sizeBytes)
  const everything = vram > 0 ? vram + hardware.memoryBytes : hardware.memoryBytes
  const share = need / limitBytes
  const word = share <= (vram > 0 ? 0.9 : 0.7) ? 'yes' : need <= everything * (vram > 0 ? 0.7 : 0.95) ? 'tight' : 'no'
  const whole = Math.max(limitBytes, need)
  const inside = Math.min(need, limitBytes)
  const spillBytes = Math.max(0, Math.min(need, everything) - limitBytes)
  return {
    word,
    where,
    limitBytes,
    weights: Math.max(0, inside - kvBytes) / whole,
    kv: Math.min(kvBytes, inside) / whole,
    spill: spillBytes / whole,
    missing: Math.max(0, need - everything) / whole,
    limit: need > limitBytes ? limitBytes / whole : null,
  }
}
