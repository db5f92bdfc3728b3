import type { PublicError } from '#shared/errors.ts'
import type { OllamaDetails } from '#shared/jobs.ts'

/** Something wrong in a Modelfile, as the engine tells it. Lines and columns count from 1. */
export interface ModelfileProblem {
  line: number
  column: number
  text: string
}

const PLACE = /^Modelfile, line (\d+), column (\d+): (.+)$/

/** The problems that an error names by line; empty when it is about something else. */
export function problemsOf(error: PublicError | null): ModelfileProblem[] {
  if (error === null || error.param !== 'modelfile') return []
  return (error.detail ?? error.message).split('\n').flatMap((sentence) => {
    const [, line, column, text] = PLACE.exec(sentence) ?? []
    return text === undefined ? [] : [{ line: Number(line), column: Number(column), text }]
  })
}

/** Where a line and column stand in a text. */
export function offsetOf(text: string, { line, column }: Pick<ModelfileProblem, 'line' | 'column'>): number {
  const lines = text.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return Math.min(text.length, before + Math.min(column - 1, lines[line - 1]?.length ?? 0))
}

/** A Modelfile to begin with when nothing is taken as a model. */
export const BLANK_MODELFILE = 'FROM \nPARAMETER temperature 0.7\nSYSTEM """"""\n'

/**
 * An installed model's Modelfile as a start for another one: FROM names the model instead of a path inside its server,
 * and Ollama's note on how to do that is left out.
 */
export function starterFrom({ name, modelfile }: Pick<OllamaDetails, 'name' | 'modelfile'>): string {
  const lines = modelfile.replaceAll('\r\n', '\n').split('\n')
  const start = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'))
  const body = start === -1 ? '' : lines.slice(start).join('\n').trimEnd()
  const named = body.replace(/^FROM\s+\S*blobs[/\\]sha256[-:][0-9a-f]{64}.*$/im, `FROM ${name}`)
  return `${/^\s*FROM\s/im.test(named) ? named : `FROM ${name}\n${named}`}\n`
}
