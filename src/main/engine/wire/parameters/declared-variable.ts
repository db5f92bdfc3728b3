/** A variable as a prompt writes it: `{{chat.variables.city | text:default="Paris":required}}`. */
export interface DeclaredVariable {
  scope: 'chat' | 'user'
  key: string
  /** `text`, `select` …; null if the prompt does not say. */
  type: string | null
  /** `default`, `label`, `options` …; a bare one such as `required` is true. */
  properties: Readonly<Record<string, unknown>>
  /** Where it ends in the prompt, behind its braces. */
  end: number
}

const HEAD = /\{\{\s*(chat|user)\.variables\.([a-z][a-z0-9_]*)\s*/y
const TYPE = /\|\s*([a-zA-Z][\w-]*)\s*/y
const PROPERTY = /:\s*([a-zA-Z_]\w*)\s*/y
const VALUE = /=\s*("(?:[^"\\]|\\.)*"|\[(?:"(?:[^"\\]|\\.)*"|[^\]"])*\]|(?:(?!\}\})[^:])*)/y
const CLOSE = /\s*\}\}/y

/** The variable that stands at `at` (a `{{`), or null if none does. */
export function declaredVariableAt(text: string, at: number): DeclaredVariable | null {
  const head = matchAt(HEAD, text, at)
  const [all, scope, key] = head ?? []
  if (all === undefined || key === undefined) return null
  let position = at + all.length
  let type: string | null = null
  const properties: Record<string, unknown> = {}
  const typed = matchAt(TYPE, text, position)
  if (typed !== null) {
    type = typed[1] ?? null
    position += typed[0].length
    for (;;) {
      const property = matchAt(PROPERTY, text, position)
      if (property === null) break
      position += property[0].length
      const value = matchAt(VALUE, text, position)
      properties[property[1] ?? ''] = value === null ? true : propertyValue(value[1] ?? '')
      position += value?.[0].length ?? 0
    }
  }
  const close = matchAt(CLOSE, text, position)
  if (close === null) return null
  return { scope: scope === 'chat' ? 'chat' : 'user', key, type, properties, end: position + close[0].length }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function propertyValue(text: string): unknown {
  const trimmed = text.trim()
  if (!/^["[]/.test(trimmed)) return trimmed
  try {
    return JSON.parse(trimmed)
  } catch {
    // Written by hand and not quite JSON: what stands between the quotes is meant.
    return trimmed.replace(/^"|"$/g, '')
  }
}
