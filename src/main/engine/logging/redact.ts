import { isEngineError } from '../spec/engine-error.ts'

const REDACTED = '[redacted]'
const MAX_DEPTH = 6
const MAX_ITEMS = 50
const MAX_TEXT = 4000

/** Keys whose values are secrets, compared without case, `-` and `_`. */
const SECRET_KEYS =
  /(authorization|apikey|secret|password|passphrase|cookie|accesstoken|refreshtoken|bearer|credential|privatekey|signature|^token$)/

/** Keys whose values are what people and models say. */
const PROMPT_KEYS = new Set([
  'content',
  'prompt',
  'prompts',
  'messages',
  'input',
  'inputs',
  'text',
  'reasoning',
  'thinking',
  'system',
  'systemprompt',
  'suffix',
  'draft',
  'title',
  'query',
  'body',
  'bodyexcerpt',
  'requestbody',
  'responsebody',
  'arguments',
  'argumentsdelta',
  'toolcalls',
  'embedding',
  'embeddings',
  'images',
  'snippet',
  'delta',
  'choices',
])

/** Secrets that stand in running text: bearer and basic headers, keys of known shapes, credentials in URLs, key parameters. */
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\b(?:sk|pk|rk|gsk|xai|hf|ghp|gho|github_pat|glpat|AIza|AKIA|xox[abpr])[-_]?[A-Za-z0-9_-]{12,}/g, REDACTED],
  [/\b(eyJ[A-Za-z0-9_-]{8,})\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, REDACTED],
  [/(:\/\/)[^/\s:@]+:[^/\s@]+@/g, `$1${REDACTED}@`],
  [/((?:api[-_]?key|token|secret|password|authorization)["']?\s*[=:]\s*["']?)[^\s"'&,;}]+/gi, `$1${REDACTED}`],
]

/** What every pattern above needs somewhere in the text: most texts have none of it, and one look is cheaper than five. */
const MAY_HOLD_SECRET =
  /:\/\/|eyJ|AIza|AKIA|(?:[spr]|gs)k[-_A-Za-z0-9]|xai|hf|gh[po]|github|glpat|xox|bearer|basic|key|token|secret|password|authorization/i

/** Our own request ids: one in every line, each another. */
const REQUEST_ID = /^req_[0-9a-f]{32}$/

/** Short texts that hold nothing secret; names of models and connections come with every line. */
const clean = new Set<string>()
const MAX_CLEAN = 2_000
const SHORT = 80

/** What a key's name says about its value; the names in use are few. */
type KeyKind = 'secret' | 'prompt' | 'plain'
const kinds = new Map<string, KeyKind>()
const MAX_KINDS = 2_000

/** A copy of log fields that may be written: secrets and prompts taken out, bounded in depth and size. */
export function redactFields(fields: object): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const key in fields) {
    const value = (fields as Readonly<Record<string, unknown>>)[key]
    if (value !== undefined && Object.hasOwn(fields, key)) result[key] = redactEntry(key, value, 0)
  }
  return result
}

/** Running text without the secrets in it, bounded. */
export function redactText(text: string): string {
  if (clean.has(text) || REQUEST_ID.test(text)) return text
  let result = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${text.length} characters)` : text
  if (!MAY_HOLD_SECRET.test(result)) {
    if (text.length <= SHORT) remember(text)
    return result
  }
  for (const [pattern, replacement] of SECRET_TEXT) result = result.replace(pattern, replacement)
  return result
}

function remember(text: string): void {
  if (clean.size >= MAX_CLEAN) clean.clear()
  clean.add(text)
}

function redactEntry(key: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return value
  const kind = kindOf(key)
  if (kind === 'secret') return REDACTED
  if (kind === 'prompt') return typeof value === 'number' || typeof value === 'boolean' ? value : sizeOf(value)
  return redactValue(value, depth)
}

function kindOf(key: string): KeyKind {
  const known = kinds.get(key)
  if (known !== undefined) return known
  const plain = key.toLowerCase().replaceAll(/[-_]/g, '')
  const kind = SECRET_KEYS.test(plain) ? 'secret' : PROMPT_KEYS.has(plain) ? 'prompt' : 'plain'
  if (kinds.size >= MAX_KINDS) kinds.clear()
  kinds.set(key, kind)
  return kind
}

function redactValue(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return redactText(value)
    case 'number':
    case 'boolean':
    case 'undefined':
      return value
    case 'bigint':
      return String(value)
    case 'object':
      return value === null ? null : redactObject(value, depth)
    default:
      return `[${typeof value}]`
  }
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Error) return redactError(value, depth)
  if (value instanceof Date) return value.toJSON()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth >= MAX_DEPTH) return '[deeper]'
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, depth + 1))
  const entries = Object.entries(value).slice(0, MAX_ITEMS)
  return Object.fromEntries(entries.map(([key, item]) => [key, redactEntry(key, item, depth + 1)]))
}

function redactError(error: Error, depth: number): object {
  const message = redactText(withoutQuotedInput(error))
  // Only the frames: the lines before them repeat the message.
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const stack = frames.slice(0, 8).join('\n')
  return {
    type: error.name,
    ...(isEngineError(error)
      ? { code: error.code, retryable: error.retryable, detail: redactValue(error.detail, depth) }
      : {}),
    ...(!isEngineError(error) && 'code' in error ? { code: redactValue(error.code, depth) } : {}),
    ...(isEngineError(error) && error.upstream !== undefined
      ? {
          upstream: {
            provider: error.upstream.provider,
            status: error.upstream.status,
            requestId: error.upstream.requestId,
          },
        }
      : {}),
    message,
    stack,
    ...(error.cause === undefined || depth >= MAX_DEPTH ? {} : { cause: redactValue(error.cause, depth + 1) }),
  }
}

/** JSON.parse quotes what it could not read, which may be a prompt. */
function withoutQuotedInput(error: Error): string {
  return error instanceof SyntaxError ? error.message.replace(/"[\s\S]*"/, '"…"') : error.message
}

function sizeOf(value: unknown): string {
  if (typeof value === 'string') return `[redacted: ${value.length} characters]`
  if (Array.isArray(value)) return `[redacted: ${value.length} items]`
  return REDACTED
}
