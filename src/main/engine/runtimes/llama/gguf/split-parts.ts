import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { GgufRefusal } from './gguf-refusal.ts'
import { integerOf, type Metadata } from './metadata-values.ts'

/** A model in several files: `part` counts from 1. */
export type GgufSplit = { part: number; parts: number }

const PART_NAME = /^(?<stem>.*)-(?<part>\d{5})-of-(?<parts>\d{5})\.gguf$/i

/** What the metadata says about parts; null for a model in one file. */
export function splitOf(metadata: Metadata): GgufSplit | null {
  const parts = integerOf(metadata, 'split.count') ?? 0
  if (parts <= 1) return null
  return { part: (integerOf(metadata, 'split.no') ?? 0) + 1, parts }
}

/** The part that a file name names (`-00001-of-00003.gguf`), without opening the file; null for any other name. */
export function splitFromName(path: string): GgufSplit | null {
  const groups = PART_NAME.exec(basename(path))?.groups
  return groups ? { part: Number(groups.part), parts: Number(groups.parts) } : null
}

/** Paths of all parts after the first. Throws GgufRefusal where one is missing or the name gives no clue. */
export async function otherPartsOf(path: string, split: GgufSplit): Promise<string[]> {
  const groups = PART_NAME.exec(basename(path))?.groups
  if (!groups || Number(groups.parts) !== split.parts || split.parts > 99_999) {
    throw new GgufRefusal(
      'split-part',
      `The model is split into ${split.parts} files, but this one's name does not end in -00001-of-${String(split.parts).padStart(5, '0')}.gguf.`,
    )
  }
  const paths: string[] = []
  for (let part = 2; part <= split.parts; part++) {
    const name = `${groups.stem}-${String(part).padStart(5, '0')}-of-${groups.parts}.gguf`
    const sibling = join(dirname(path), name)
    const found = await stat(sibling).catch(() => null)
    if (!found?.isFile())
      throw new GgufRefusal('split-missing', `The model is split into ${split.parts} files, and ${name} is missing.`)
    paths.push(sibling)
  }
  return paths
}
