/** A GGUF that may lie in several parts, as one model. */
export interface GgufGroup {
  /** File name without `.gguf` and without the part number. */
  name: string
  /** The first part that exists; llama.cpp finds the others from part 1. */
  path: string
  /** Every part that exists. */
  parts: string[]
  /** Numbers of parts that are not there. */
  missing: number[]
  total: number
}

const PART = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i
const GGUF = /\.gguf$/i

/** True for a name that the library looks at. */
export function isGgufName(name: string): boolean {
  return GGUF.test(name)
}

/** Groups paths (absolute) so that a split model appears once. Order follows the paths. */
export function groupSplitFiles(paths: readonly string[]): GgufGroup[] {
  const groups = new Map<string, GgufGroup & { numbers: Map<number, string> }>()
  for (const path of paths) {
    const slash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
    const folder = path.slice(0, slash + 1)
    const file = path.slice(slash + 1)
    const match = PART.exec(file)
    const total = Number(match?.[3] ?? 1)
    const number = Number(match?.[2] ?? 1)
    const name = match?.[1] ?? file.replace(GGUF, '')
    const key = match === null ? path : `${folder}${name}-of-${total}`
    const group = groups.get(key) ?? { name, path, parts: [], missing: [], total, numbers: new Map() }
    group.numbers.set(number, path)
    groups.set(key, group)
  }
  return [...groups.values()].map(({ name, total, numbers }) => {
    const present = [...numbers].sort(([a], [b]) => a - b)
    const missing = Array.from({ length: total }, (_, index) => index + 1).filter((number) => !numbers.has(number))
    return { name, path: present[0]?.[1] ?? '', parts: present.map(([, path]) => path), missing, total }
  })
}

/** All parts that belong to this file by its name; the file alone if it is not split. */
export function partPaths(path: string): string[] {
  const match = /-(\d{5})-of-(\d{5})(\.gguf)$/i.exec(path)
  if (match === null) return [path]
  const stem = path.slice(0, match.index)
  return Array.from(
    { length: Number(match[2]) },
    (_, index) => `${stem}-${String(index + 1).padStart(5, '0')}-of-${match[2]}${match[3]}`,
  )
}
