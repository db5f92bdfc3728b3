import type { z } from 'zod'
import { EngineError } from '../spec/engine-error.ts'

type Issue = z.core.$ZodIssue

/** A request body as the schema's type. Throws `invalid_request` that names the field (`messages[0].content`). */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body, { reportInput: true })
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const { path, text, missing } = describe(issue === undefined ? null : mostSpecific(issue))
  if (path === '') throw new EngineError('invalid_request', `The request body is wrong: ${text}.`)
  const message = missing ? `Missing required parameter: '${path}'.` : `Invalid '${path}': ${text}.`
  throw new EngineError('invalid_request', message, { param: path })
}

/** Of a union's branches, the one that got furthest: its complaint is what the caller meant to write. */
function mostSpecific(issue: Issue, prefix: PropertyKey[] = []): Issue {
  const here = { ...issue, path: [...prefix, ...issue.path] }
  if (issue.code !== 'invalid_union') return here
  let best: Issue | null = null
  for (const branch of issue.errors) {
    const first = branch[0]
    if (first === undefined || (first.path.length === 0 && first.code === 'invalid_type')) continue
    const candidate = mostSpecific(first, here.path)
    if (best === null || candidate.path.length > best.path.length) best = candidate
  }
  return best ?? here
}

function describe(issue: Issue | null): { path: string; text: string; missing: boolean } {
  if (issue === null) return { path: '', text: 'it does not have the expected shape', missing: false }
  const path = pathText(issue.path)
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const expected = issue.errors.flatMap((branch) =>
      branch[0]?.code === 'invalid_type' ? [kind(branch[0].expected)] : [],
    )
    if (expected.length > 0) {
      return { path, text: `expected ${[...new Set(expected)].join(' or ')}`, missing: issue.input === undefined }
    }
  }
  const missing = issue.code === 'invalid_union' ? lacksItsKind(issue) : issue.input === undefined && isType(issue)
  return { path, text: complaint(issue), missing }
}

function isType(issue: Issue): boolean {
  return issue.code === 'invalid_type'
}

/** True if a choice by a field (`role`, `type`) could not be made because the field is not there. */
function lacksItsKind(issue: Extract<Issue, { code: 'invalid_union' }>): boolean {
  const { discriminator, input } = issue
  return discriminator !== undefined && typeof input === 'object' && input !== null && !(discriminator in input)
}

/** What is wrong, in words that need no knowledge of the schema. */
function complaint(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const got = issue.input === null ? 'null' : Array.isArray(issue.input) ? 'array' : typeof issue.input
      if (issue.expected === 'int') return 'expected an integer'
      if (issue.expected === got) return 'it is beyond what can be computed with'
      return `expected ${kind(issue.expected)}, received ${got}`
    }
    case 'too_small':
      return `must ${measure(issue.origin)} at least ${issue.minimum}${unit(issue.origin, issue.minimum)}`
    case 'too_big':
      return `must ${measure(issue.origin)} at most ${issue.maximum}${unit(issue.origin, issue.maximum)}`
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    default:
      return issue.message
        .replace(/^Invalid discriminator value\. Expected (.+)$/, (_all, kinds: string) => {
          return `must be one of ${kinds.replaceAll("'", '"').replaceAll(' | ', ', ')}`
        })
        .replace(/^Invalid input: /, '')
        .replace(/\.$/, '')
  }
}

/** A type as JSON calls it. */
function kind(expected: string): string {
  return expected === 'record' ? 'object' : expected
}

function measure(origin: string): string {
  return origin === 'array' || origin === 'string' ? 'have' : 'be'
}

function unit(origin: string, count: number | bigint): string {
  if (origin === 'array') return count === 1 ? ' item' : ' items'
  if (origin === 'string') return count === 1 ? ' character' : ' characters'
  return ''
}

function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${String(step)}`
  return text
}
