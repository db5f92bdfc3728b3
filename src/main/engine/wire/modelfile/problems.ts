import { EngineError } from '../../spec/engine-error.ts'
import type { Position } from './modelfile.ts'

/** Problems named in one error. */
const MAX_NAMED = 20

/** Something wrong in a Modelfile: one plain sentence. */
export interface Problem extends Position {
  text: string
}

/** `invalid_request` whose message is the first problem, and whose detail lists them all when there are several. */
export function modelfileError(problems: readonly Problem[]): EngineError {
  const named = [...problems].sort((left, right) => left.line - right.line || left.column - right.column)
  const lines = named.slice(0, MAX_NAMED).map(sentence)
  if (named.length > MAX_NAMED) lines.push('… and more.')
  return new EngineError('invalid_request', lines[0] ?? 'The Modelfile is wrong.', {
    param: 'modelfile',
    ...(lines.length > 1 ? { detail: lines.join('\n') } : {}),
  })
}

function sentence({ line, column, text }: Problem): string {
  return `Modelfile, line ${line}, column ${column}: ${text}`
}

/** The known word that `word` probably was meant to be, or null. */
export function closestWord(word: string, known: readonly string[]): string | null {
  let best: { word: string; distance: number } | null = null
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance <= Math.max(1, Math.floor(candidate.length / 4)) && distance < (best?.distance ?? 3)) {
      best = { word: candidate, distance }
    }
  }
  return best?.word ?? null
}

/** Letters added, left out, changed or swapped with a neighbour between two short words. */
function editDistance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > 2) return 3
  let beforeLast: number[] = []
  let last = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + same)
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      if (swapped && row > 1 && column > 1) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[right.length] ?? 0
}
