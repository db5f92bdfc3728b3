import type { PassThroughInput } from '../spec/engine.ts'
import { LastLineStart } from './last-line-start.ts'

/** Enough for the last event with its usage, bytes. */
const KEEP = 8 * 1024

/** Field names of prompt and completion tokens: only those that an endpoint knows are looked for, in every answer. */
const OPENAI = { prompt: '"prompt_tokens"', completion: '"completion_tokens"' }
const INPUT_OUTPUT = { prompt: '"input_tokens"', completion: '"output_tokens"' }
const OLLAMA = { prompt: '"prompt_eval_count"', completion: '"eval_count"' }
const NAMES: Record<PassThroughInput['endpoint'], { prompt: string; completion: string }> = {
  'openai:chat': OPENAI,
  'openai:completions': OPENAI,
  'openai:embeddings': OPENAI,
  'openai:responses': INPUT_OUTPUT,
  'anthropic:messages': INPUT_OUTPUT,
  'anthropic:count_tokens': INPUT_OUTPUT,
  'ollama:chat': OLLAMA,
  'ollama:generate': OLLAMA,
  'ollama:embed': OLLAMA,
  'ollama:embeddings': OLLAMA,
}

/**
 * Streams whose last line repeats the conversation, so that it may be longer than what is kept: Ollama's context has the
 * number of every token, and OpenAI's last event the whole response.
 */
const LONG_LAST_LINES: ReadonlySet<PassThroughInput['endpoint']> = new Set(['ollama:generate', 'openai:responses'])

/** The last bytes of an answer that passes through: what it used, and whether it came to its end. References, no copies. */
export class AnswerTail {
  readonly #input: PassThroughInput
  /** Anthropic tells the prompt's tokens at the beginning. */
  #first: Buffer | null = null
  #chunks: Buffer[] = []
  #bytes = 0
  #text: string | null = null
  readonly #lastLine: LastLineStart | null

  constructor(input: PassThroughInput) {
    this.#input = input
    this.#lastLine = input.stream && LONG_LAST_LINES.has(input.endpoint) ? new LastLineStart() : null
  }

  add(chunk: Buffer): void {
    this.#first ??= chunk
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    this.#text = null
    this.#lastLine?.add(chunk)
    const [oldest] = this.#chunks
    if (oldest !== undefined && this.#bytes - oldest.length >= KEEP) {
      this.#chunks.shift()
      this.#bytes -= oldest.length
    }
  }

  /** Token counts, if the answer told any. */
  usage(): { promptTokens: number; completionTokens: number } | null {
    const names = NAMES[this.#input.endpoint]
    const text = this.#read()
    const prompt = last(names.prompt, text) ?? last(names.prompt, this.#firstText())
    const completion = last(names.completion, text)
    if (prompt === null && completion === null) return null
    return { promptTokens: prompt ?? 0, completionTokens: completion ?? 0 }
  }

  /** True if a stream ended without what its dialect ends with. */
  brokeOff(): boolean {
    if (!this.#input.stream) return false
    const text = this.#lastLine === null ? this.#read() : `${this.#lastLine.text()}\n${this.#read()}`
    switch (this.#input.endpoint) {
      case 'openai:chat':
      case 'openai:completions':
        return !text.includes('[DONE]') && !/"finish_reason"\s*:\s*"/.test(text)
      case 'openai:responses':
        return !/"response\.(?:completed|incomplete|failed)"/.test(text) && !text.includes('[DONE]')
      case 'anthropic:messages':
        return !text.includes('message_stop')
      case 'ollama:chat':
      case 'ollama:generate':
        return !/"done"\s*:\s*true/.test(text) && !text.includes('"error"')
      default:
        return false
    }
  }

  /** Only Anthropic tells the prompt's tokens at the beginning. */
  #firstText(): string {
    const hasItThere = this.#input.endpoint === 'anthropic:messages' && this.#chunks[0] !== this.#first
    return hasItThere ? (this.#first?.subarray(0, KEEP).toString('latin1') ?? '') : ''
  }

  #read(): string {
    if (this.#text === null) {
      const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
      this.#text = bytes === undefined ? '' : bytes.subarray(Math.max(0, bytes.length - KEEP)).toString('latin1')
    }
    return this.#text
  }
}

/** The last number that this name is followed by. */
function last(name: string, text: string): number | null {
  const at = text.lastIndexOf(name)
  if (at === -1) return null
  let next = at + name.length
  while (isBlankOrColon(text.charCodeAt(next))) next += 1
  let number = 0
  let digits = 0
  for (;;) {
    const digit = text.charCodeAt(next + digits) - ZERO
    if (!(digit >= 0 && digit <= 9)) return digits === 0 ? null : number
    number = number * 10 + digit
    digits += 1
  }
}

const ZERO = 0x30

function isBlankOrColon(code: number): boolean {
  return code === 0x3a || code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}
