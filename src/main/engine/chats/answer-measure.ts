import type { AnswerFacts } from '#shared/chats.ts'
import type { Clock } from '../spec/clock.ts'
import type { RouteRecord } from '../spec/engine.ts'
import type { FinishReason, Timings, Usage } from '../spec/stream-part.ts'

/** Collects the measured facts of one answer as it happens. */
export interface AnswerMeasure {
  /** The route is known, or another one now. */
  routed(route: RouteRecord): void
  /** Sentences that belong to the route. */
  noted(sentences: readonly string[]): void
  /** A piece of text, reasoning or a tool call came. */
  delta(): void
  used(usage: Usage, timings: Timings | undefined): void
  /** The facts so far, null before the route is known. `finishReason` stays null until the model ended it. */
  facts(finishReason: FinishReason | null): AnswerFacts | null
  /** Stops the time. */
  end(): void
}

/** Starts measuring: now is when the person sent. */
export function measureAnswer(clock: Clock): AnswerMeasure {
  const sentAt = clock.monotonic()
  let route: RouteRecord | null = null
  let notes: readonly string[] = []
  let firstAt: number | null = null
  let lastAt: number | null = null
  let endedAt: number | null = null
  let usage: Usage | null = null
  let timings: Timings | null = null

  /** Tokens after the first, over the time from the first to the last. */
  function tokensPerSecond(): number | null {
    if (usage === null || usage.completionTokens < 2) return null
    const seen = firstAt !== null && lastAt !== null ? lastAt - firstAt : 0
    const ms = timings !== null && timings.generateMs > 0 ? timings.generateMs : seen
    return ms > 0 ? ((usage.completionTokens - 1) / ms) * 1000 : null
  }

  return {
    routed(taken) {
      route = taken
    },
    noted(sentences) {
      notes = sentences
    },
    delta() {
      lastAt = clock.monotonic()
      firstAt ??= lastAt
    },
    used(found, where) {
      usage = found
      timings = where ?? null
    },
    end() {
      endedAt ??= clock.monotonic()
    },
    facts(finishReason) {
      if (route === null) return null
      return {
        place: route.place,
        modelId: route.modelId,
        modelName: route.modelName,
        connectionId: route.connectionId,
        connectionName: route.connectionName,
        route: [...route.reasons, ...notes],
        ...(route.attempts === undefined ? {} : { attempts: [...route.attempts] }),
        queueMs: timings?.queueMs ?? null,
        loadMs: timings?.loadMs ?? null,
        ttftMs: firstAt === null ? null : firstAt - sentAt,
        durationMs: endedAt === null ? null : endedAt - sentAt,
        tokensPerSecond: tokensPerSecond(),
        promptTokens: usage?.promptTokens ?? null,
        cachedPromptTokens: usage?.cachedPromptTokens ?? null,
        completionTokens: usage?.completionTokens ?? null,
        contextSize: timings?.contextSize ?? null,
        finishReason,
      }
    },
  }
}
