import type { Position } from './modelfile.ts'
import { closestWord, type Problem } from './problems.ts'

const INSTRUCTIONS = [
  'FROM',
  'SYSTEM',
  'PARAMETER',
  'TEMPLATE',
  'ADAPTER',
  'MESSAGE',
  'LICENSE',
  'REQUIRES',
  'RENDERER',
  'PARSER',
] as const
export type InstructionName = (typeof INSTRUCTIONS)[number]

/** A text with so many problems is no Modelfile; the rest is not looked at. */
const MAX_PROBLEMS = 100

/** Instructions whose first word says what the rest is: a parameter's name, a message's role. */
const WITH_SUBJECT: readonly InstructionName[] = ['PARAMETER', 'MESSAGE']

/** One instruction of a Modelfile, not interpreted yet. */
export interface Instruction extends Position {
  name: InstructionName
  /** Parameter name or message role; empty for the rest. */
  subject: Position & { value: string }
  /** Without its quotes. */
  argument: Position & { value: string }
}

/**
 * Cuts a Modelfile into instructions as Ollama does: one per line, case does not matter, `#` begins a comment where an
 * instruction could stand, and text in `"` or `"""` goes on until a line ends with the same quotes.
 */
export function readInstructions(text: string): { instructions: Instruction[]; problems: Problem[] } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const instructions: Instruction[] = []
  const problems: Problem[] = []
  let index = 0
  while (index < lines.length && problems.length < MAX_PROBLEMS) {
    const content = lines[index] ?? ''
    const start = content.search(/\S/)
    if (start === -1 || content[start] === '#') {
      index += 1
      continue
    }
    const read = readOne(lines, index, start)
    if ('text' in read) {
      problems.push(read)
      index += 1
    } else {
      instructions.push(read.instruction)
      index = read.next
    }
  }
  return { instructions, problems }
}

function readOne(lines: string[], index: number, start: number): { instruction: Instruction; next: number } | Problem {
  const content = lines[index] ?? ''
  const line = index + 1
  const word = wordAt(content, start)
  const name = INSTRUCTIONS.find((known) => known === word.toUpperCase())
  if (name === undefined) return { line, column: start + 1, text: unknownInstruction(word) }

  let at = skipSpace(content, start + word.length)
  const subject = { value: '', line, column: at + 1 }
  if (WITH_SUBJECT.includes(name)) {
    subject.value = wordAt(content, at)
    if (subject.value === '') return { line, column: at + 1, text: missingSubject(name) }
    at = skipSpace(content, at + subject.value.length)
  }
  const where = `${name}${subject.value === '' ? '' : ` ${subject.value}`}`
  if (content.slice(at).trim() === '') return { line, column: at + 1, text: `${where} needs a value after it.` }
  const value = readValue(lines, index, at)
  if (value === null) return { line, column: at + 1, text: neverClosed(content, at) }
  return {
    instruction: {
      name,
      line,
      column: start + 1,
      subject,
      argument: { value: value.text, line, column: at + 1 },
    },
    next: value.next,
  }
}

/** The value that begins at a place; null if its quotes are never closed. `next` is the first line after it. */
function readValue(lines: string[], index: number, at: number): { text: string; next: number } | null {
  const first = (lines[index] ?? '').slice(at)
  const quotes = first.startsWith('"""') ? '"""' : first.startsWith('"') ? '"' : ''
  if (quotes === '') return { text: first.trim(), next: index + 1 }
  const read: string[] = []
  for (let line = index; line < lines.length; line++) {
    const content: string = line === index ? first.slice(quotes.length) : (lines[line] ?? '')
    const end = content.trimEnd()
    if (end.endsWith(quotes)) {
      read.push(end.slice(0, -quotes.length))
      return { text: read.join('\n'), next: line + 1 }
    }
    read.push(content)
  }
  return null
}

function neverClosed(content: string, at: number): string {
  const quotes = content.startsWith('"""', at) ? '"""' : '"'
  return `the text that begins with ${quotes} here is never closed. The closing ${quotes} must be the last thing in its line.`
}

function unknownInstruction(word: string): string {
  const meant = closestWord(word, INSTRUCTIONS)
  const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word
  const advice =
    meant === null
      ? `An instruction is one of ${INSTRUCTIONS.join(', ')}; text over several lines goes between """ and """.`
      : `Did you mean ${meant}?`
  return `"${shown}" is no instruction. ${advice}`
}

function missingSubject(name: InstructionName): string {
  return name === 'PARAMETER'
    ? 'PARAMETER needs a name and a value, as in PARAMETER temperature 0.7.'
    : 'MESSAGE needs a role and a text, as in MESSAGE user Hello.'
}

function wordAt(content: string, at: number): string {
  return /^\S*/.exec(content.slice(at))?.[0] ?? ''
}

function skipSpace(content: string, at: number): number {
  const length = /^\s*/.exec(content.slice(at))?.[0].length ?? 0
  return at + length
}
