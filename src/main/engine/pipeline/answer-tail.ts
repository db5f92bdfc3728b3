import type { PassThroughInput } from '../spec/engine.ts'

/** Enough for the last event with its usage, bytes. */
const KEEP = 8 * 1024

/** Field names of prompt and completion tokens in the three dialects. */
const PROMPT = ['"prompt_tokens"', '"input_tokens"', '"prompt_eval_count"']
const COMPLETION = ['"completion_tokens"', '"output_tokens"', '"eval_count"']

/** The last bytes of an answer that passes through: what it used, and whether it came to its end. References, no copies. */
export class AnswerTail {
  readonly #input: PassThroughInput
  /** Anthropic tells the prompt's tokens at the beginning. */
  #first: Buffer | null = null
  #chunks: Buffer[] = []
  #bytes = 0
  #text: string | null = null

  constructor(input: PassThroughInput) {
    this.#input = input
  }

  add(chunk: Buffer): void {
    this.#first ??= chunk
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    this.#text = null
    const [oldest] = this.#chunks
    if (oldest !== undefined && this.#bytes - oldest.length >= KEEP) {
      this.#chunks.shift()
      this.#bytes -= oldest.length
    }
  }

  /** Token counts, if the answer told any. */
  usage(): { promptTokens: number; completionTokens: number } | null {
    const prompt = last(PROMPT, this.#read()) ?? last(PROMPT, this.#first?.subarray(0, KEEP).toString('latin1') ?? '')
    const completion = last(COMPLETION, this.#read())
    if (prompt === null && completion === null) return null
    return { promptTokens: prompt ?? 0, completionTokens: completion ?? 0 }
  }

  /** True if a stream ended without what its dialect ends with. */
  brokeOff(): boolean {
    if (!this.#input.stream) return false
    const text = this.#read()
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

  #read(): string {
    if (this.#text === null) {
      const bytes = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
      this.#text = bytes === undefined ? '' : bytes.subarray(Math.max(0, bytes.length - KEEP)).toString('latin1')
    }
    return this.#text
  }
}

/** The last number that one of these names is followed by. */
function last(names: readonly string[], text: string): number | null {
  let at = -1
  for (const name of names) at = Math.max(at, text.lastIndexOf(name))
  const digits = at === -1 ? null : /:\s*(\d+)/.exec(text.slice(at, at + 60))
  return digits === null ? null : Number(digits[1])
}
