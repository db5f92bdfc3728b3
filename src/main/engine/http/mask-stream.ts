import type { UpstreamSink } from '../spec/upstream.ts'
import { echoForms } from './blot-secrets.ts'

/** Shorter ones are words as likely as keys, and what a model says must not be spoiled. */
const SHORTEST = 12
/** Headers whose values prove something; others (`HTTP-Referer`) are no secrets and may well stand in an answer. */
const SECRET_HEADER = /authorization|key|token|secret|cookie|password/i
const STAR = 0x2a

/** Puts itself between an exchange and who reads it. */
export type MaskSink = (sink: UpstreamSink) => UpstreamSink

/**
 * Masks our own secrets in what a server sends back, byte by byte: a server (or a proxy before it) that repeats its key
 * within an answer must not give it to whoever asked. Each secret keeps its length, so that lengths which were announced
 * stay true. Only bytes that may be the beginning of a secret wait for the next chunk. Null: there is nothing to mask.
 */
export function createStreamMask(secrets: {
  keys: readonly string[]
  headers: Readonly<Record<string, string>>
}): MaskSink | null {
  const fromHeaders = Object.entries(secrets.headers).flatMap(([name, value]) =>
    SECRET_HEADER.test(name) ? [value] : [],
  )
  const forms = [...new Set([...secrets.keys, ...fromHeaders].flatMap((secret) => echoForms(secret, SHORTEST)))]
  if (forms.length === 0) return null
  const secretForms = forms
    .sort((left, right) => right.length - left.length)
    .map((text) => ({ text, bytes: Buffer.from(text), latin1: Buffer.from(text).toString('latin1') }))
  const occurring = new Uint8Array(256)
  for (const { bytes } of secretForms) for (const byte of bytes) occurring[byte] = 1
  return (sink) => new MaskedSink(sink, { forms: secretForms, occurring })
}

interface Needles {
  /** Longest first. */
  forms: readonly { text: string; bytes: Buffer; latin1: string }[]
  /** 1 for each byte that is in one of them. */
  occurring: Uint8Array
}

class MaskedSink implements UpstreamSink {
  readonly #sink: UpstreamSink
  readonly #needles: Needles
  /** The end of what came, where it may be the beginning of a secret. */
  #held: Buffer | null = null
  #isRefusal = false

  constructor(sink: UpstreamSink, needles: Needles) {
    this.#sink = sink
    this.#needles = needles
  }

  head(head: Parameters<UpstreamSink['head']>[0]): void {
    const { headers, status } = head
    // Refusals are read whole and blotted by statusError, which leaves their last characters to tell keys apart.
    this.#isRefusal = status >= 300
    if (this.#isRefusal) {
      this.#sink.head(head)
      return
    }
    let clean: Record<string, string> | null = null
    for (const name in headers) {
      const value = headers[name]
      if (value === undefined || value.length < SHORTEST) continue
      for (const { text } of this.#needles.forms) {
        if (!value.includes(text)) continue
        clean ??= { ...headers }
        clean[name] = (clean[name] ?? '').replaceAll(text, '*'.repeat(text.length))
      }
    }
    this.#sink.head(clean === null ? head : { ...head, headers: clean })
  }

  data(chunk: Buffer): boolean {
    if (this.#isRefusal) return this.#sink.data(chunk)
    const whole = this.#held === null ? chunk : Buffer.concat([this.#held, chunk])
    this.#held = null
    const clean = mask(whole, this.#needles)
    const open = beginningAtEnd(clean, this.#needles)
    if (open === 0) return this.#sink.data(clean)
    this.#held = Buffer.from(clean.subarray(clean.length - open))
    return open === clean.length || this.#sink.data(clean.subarray(0, clean.length - open))
  }

  end(): void {
    this.#flush()
    this.#sink.end()
  }

  error(error: Error): void {
    this.#flush()
    this.#sink.error(error)
  }

  #flush(): void {
    const held = this.#held
    this.#held = null
    if (held !== null) this.#sink.data(held)
  }
}

/** The same bytes, or a copy in which every secret is masked. */
function mask(bytes: Buffer, { forms }: Needles): Buffer {
  // A search in a string of one byte per character costs a tenth of one in a Buffer.
  const text = bytes.toString('latin1')
  let clean = bytes
  for (const { bytes: needle, latin1 } of forms) {
    if (!text.includes(latin1)) continue
    if (clean === bytes) clean = Buffer.from(bytes)
    for (let at = clean.indexOf(needle); at !== -1; at = clean.indexOf(needle, at + needle.length)) {
      clean.fill(STAR, at, at + needle.length)
    }
  }
  return clean
}

/** How many of the last bytes may be the beginning of a secret. Most chunks end with a line, which none holds. */
function beginningAtEnd(bytes: Buffer, { forms, occurring }: Needles): number {
  const last = bytes[bytes.length - 1]
  if (last === undefined || occurring[last] === 0) return 0
  let longest = 0
  for (const { bytes: needle } of forms) {
    for (let length = Math.min(needle.length - 1, bytes.length); length > longest; length--) {
      if (bytes.compare(needle, 0, length, bytes.length - length) === 0) longest = length
    }
  }
  return longest
}
