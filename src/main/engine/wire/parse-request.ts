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
    const expected = issue.errors.flatMap((branch) => (branch[0]?.code === 'invalid_type' ? [branch[0].expected] : []))
    if (expected.length > 0) {
      return { path, text: `expected ${[...new Set(expected)].join(' or ')}`, missing: issue.input === undefined }
    }
  }
  const missing = issue.code === 'invalid_type' && issue.input === undefined
  return { path, text: issue.message.replace(/^Invalid input: /, '').replace(/\.$/, ''), missing }
}

function pathText(path: readonly PropertyKey[]): string {
  let text = ''
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${String(step)}`
  return text
}
