/** Words that people type where a server wants any key at all. They guard nothing, and blotting them would spoil messages. */
const PLACEHOLDERS = /^(ollama|none|null|empty|dummy|test|true|false|lm-?studio|local-?ai|no-?key|not-?needed|openai)$/i

const SHORTEST = 4

/** Replaces every form in which a text may repeat one of the secrets. */
export type Blot = (text: string) => string

/**
 * Blots secrets out of texts that come from a server: as they are, percent-encoded, base64 at any alignment,
 * JSON- and HTML-escaped. Each becomes `••••` and its last four characters (none of a short one).
 */
export function createBlot(secrets: Iterable<string>): Blot {
  const masks = new Map<string, string>()
  for (const given of secrets) {
    for (const secret of partsOf(given)) {
      const mask = secret.length >= 12 ? `••••${secret.slice(-4)}` : '••••'
      for (const form of formsOf(secret)) if (!masks.has(form)) masks.set(form, mask)
    }
  }
  if (masks.size === 0) return (text) => text
  const longestFirst = [...masks.keys()].sort((left, right) => right.length - left.length)
  const pattern = new RegExp(longestFirst.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g')
  return (text) => text.replace(pattern, (found) => masks.get(found) ?? '••••')
}

/** The forms of a secret in which an answer may repeat it; none of a placeholder or one that is shorter than `shortest`. */
export function echoForms(given: string, shortest: number): string[] {
  return partsOf(given)
    .filter((part) => part.length >= shortest)
    .flatMap(formsOf)
}

/** A header value is also its token (`Bearer x`) and, with Basic, what it encodes. */
function partsOf(given: string): string[] {
  const value = given.trim()
  const parts = [value]
  const scheme = /^(bearer|basic|token|key)\s+(\S+)$/i.exec(value)
  if (scheme !== null) {
    const [, name = '', token = ''] = scheme
    parts.push(token)
    if (name.toLowerCase() === 'basic') {
      const decoded = Buffer.from(token, 'base64').toString('utf8')
      parts.push(decoded, decoded.slice(decoded.indexOf(':') + 1))
    }
  }
  return parts.filter((part) => part.length >= SHORTEST && !PLACEHOLDERS.test(part))
}

function formsOf(secret: string): string[] {
  const percent = encodeURIComponent(secret.toWellFormed())
  const inJson = escaped(secret)
  const forms = [
    secret,
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    inJson,
    inJson.replaceAll('/', '\\/'),
    // As Go writes it.
    inJson.replaceAll('&', '\\u0026').replaceAll('<', '\\u003c').replaceAll('>', '\\u003e'),
    // As .NET does.
    inJson.replaceAll('+', '\\u002B').replaceAll('&', '\\u0026').replaceAll('<', '\\u003C').replaceAll('>', '\\u003E'),
    // JSON within a text within JSON.
    escaped(inJson),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ]
  // Base64 depends on how many bytes stand before; what is cut off at the ends depends on the neighbours.
  const bytes = Buffer.from(secret, 'utf8')
  if (bytes.length >= 8) {
    for (const before of [0, 1, 2]) {
      const padded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
      const inner = padded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
      forms.push(inner, inner.replaceAll('+', '-').replaceAll('/', '_'))
    }
  }
  return forms
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
