import { diffLines } from 'diff'
import type { Preset } from '#shared/presets.ts'

/** A stretch of a diff. `skipped` stands for lines that both have and that are too far from a change to be shown. */
export type DiffPart = { kind: 'same' | 'added' | 'removed'; lines: string[] } | { kind: 'skipped'; count: number }

/** Lines that are shown around a change. */
const AROUND = 2

/** What a person can change of a model, as indented JSON in a fixed order; pictures by their length. */
export function presetText(
  preset: Pick<Preset, 'name' | 'baseModelId' | 'isActive' | 'params' | 'meta' | 'grants'>,
): string {
  const { name, baseModelId, isActive, params, meta, grants } = preset
  return `${JSON.stringify(sorted({ name, baseModelId, isActive, params, meta, grants }), shorten, 2)}\n`
}

/** How one state of a model became another, line by line. */
export function versionDiff(before: string, after: string): DiffPart[] {
  const changes = diffLines(before, after)
  return changes.flatMap((change, index): DiffPart[] => {
    const lines = change.value.replace(/\n$/, '').split('\n')
    if (change.added) return [{ kind: 'added', lines }]
    if (change.removed) return [{ kind: 'removed', lines }]
    const first = index === 0
    const last = index === changes.length - 1
    const head = first ? 0 : AROUND
    const tail = last ? 0 : AROUND
    // One line less is not worth a word in its place.
    if (lines.length <= head + tail + 1) return [{ kind: 'same', lines }]
    return [
      ...(head === 0 ? [] : [{ kind: 'same' as const, lines: lines.slice(0, head) }]),
      { kind: 'skipped', count: lines.length - head - tail },
      ...(tail === 0 ? [] : [{ kind: 'same' as const, lines: lines.slice(-tail) }]),
    ]
  })
}

function shorten(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith('data:') && value.length > 200
    ? `${value.slice(0, 40)}… (${value.length})`
    : value
}

/** With the keys of every object in order, so that only what is said differently differs. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]))
}
