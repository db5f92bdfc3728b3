import type { ModelMetrics } from '#shared/models.ts'
import type { Clock } from '../../spec/clock.ts'
import { isEngineError } from '../../spec/engine-error.ts'
import type { EmbeddingResult, StreamPart } from '../../spec/stream-part.ts'

/** Answers that the speeds and the time to the first token are taken from. */
const NEWEST = 50

interface MeasuredAnswer {
  ttftMs: number | null
  promptTokens: number
  promptMs: number
  generatedTokens: number
  generateMs: number
}

type Counted = Pick<
  ModelMetrics,
  'requests' | 'failed' | 'promptTokens' | 'completionTokens' | 'tokensPerSecond' | 'promptTokensPerSecond' | 'ttftMs'
>

/** Counts what one model does, from its first request on. */
export class ModelMeter {
  readonly #clock: Clock
  #requests = 0
  #failed = 0
  #promptTokens = 0
  #completionTokens = 0
  readonly #newest: MeasuredAnswer[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Passes the parts on and counts the request. One that its caller cancelled has not failed. */
  async *stream(parts: AsyncIterable<StreamPart>): AsyncGenerator<StreamPart, void, undefined> {
    const startedAt = this.#clock.monotonic()
    let ttftMs: number | null = null
    this.#requests += 1
    try {
      for await (const part of parts) {
        if (part.type === 'text-delta' || part.type === 'reasoning-delta' || part.type === 'tool-call-delta') {
          ttftMs ??= this.#clock.monotonic() - startedAt
        } else if (part.type === 'usage') this.#take(part, ttftMs)
        yield part
      }
    } catch (error) {
      this.#note(error)
      throw error
    }
  }

  /** The same for embeddings, which have no first token. */
  async embedding(work: Promise<EmbeddingResult>): Promise<EmbeddingResult> {
    this.#requests += 1
    try {
      const result = await work
      this.#promptTokens += result.promptTokens
      return result
    } catch (error) {
      this.#note(error)
      throw error
    }
  }

  read(): Counted {
    const sum = (value: (answer: MeasuredAnswer) => number): number =>
      this.#newest.reduce((total, answer) => total + value(answer), 0)
    const perSecond = (tokens: number, ms: number): number | null => (ms > 0 ? (tokens / ms) * 1000 : null)
    return {
      requests: this.#requests,
      failed: this.#failed,
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
      tokensPerSecond: perSecond(
        sum(({ generatedTokens }) => generatedTokens),
        sum(({ generateMs }) => generateMs),
      ),
      promptTokensPerSecond: perSecond(
        sum(({ promptTokens }) => promptTokens),
        sum(({ promptMs }) => promptMs),
      ),
      ttftMs: median(this.#newest.flatMap(({ ttftMs }) => (ttftMs === null ? [] : [ttftMs]))),
    }
  }

  #take({ usage, timings }: Extract<StreamPart, { type: 'usage' }>, ttftMs: number | null): void {
    this.#promptTokens += usage.promptTokens
    this.#completionTokens += usage.completionTokens
    const timed = timings !== undefined && timings.generateMs > 0
    this.#newest.push({
      ttftMs,
      promptTokens: usage.promptTokens - (usage.cachedPromptTokens ?? 0),
      promptMs: timings?.promptMs ?? 0,
      // The time runs from the first token to the last.
      generatedTokens: timed ? Math.max(0, usage.completionTokens - 1) : 0,
      generateMs: timed ? timings.generateMs : 0,
    })
    if (this.#newest.length > NEWEST) this.#newest.shift()
  }

  #note(error: unknown): void {
    if (!isEngineError(error) || error.code !== 'aborted') this.#failed += 1
  }
}

function median(values: number[]): number | null {
  if (values.length === 0) return null
  const sorted = values.sort((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}
