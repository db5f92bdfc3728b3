import { randomUUID } from 'node:crypto'
import type { Clock } from '../spec/clock.ts'
import type { Connection, ConnectionSet, HealthBoard } from '../spec/connections.ts'
import type { Caller, Catalog, ChatRun, Logger, Pipeline, RouteOptions } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { ProviderCall } from '../spec/provider-adapter.ts'
import type { StreamPart } from '../spec/stream-part.ts'
import { attemptStream } from './attempt-stream.ts'
import { type Attempt, Attempts } from './attempts.ts'
import { type Candidate, candidatesFor, type Turns } from './candidates.ts'
import { endStream } from './end-stream.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { passThrough } from './pass-through.ts'
import { recordRequest } from './record-request.ts'

export interface PipelineParts {
  catalog: Pick<Catalog, 'find' | 'findAfterLook'>
  connections: ConnectionSet
  health: HealthBoard
  clock: Clock
  log: Logger
  /** True once the engine is closing: new requests are refused, running ones go on. */
  isClosing: () => boolean
}

/** The one way through for every request: resolve, route, attempt, record. */
export function createPipeline({ catalog, connections, health, clock, log, isClosing }: PipelineParts): Pipeline {
  const turns: Turns = new Map()
  const keyTurns = new Map<string, number>()

  function nextKey({ id, keyCount }: Connection): number {
    if (keyCount === 1) return 0
    const turn = keyTurns.get(id) ?? 0
    keyTurns.set(id, (turn + 1) % keyCount)
    return turn % keyCount
  }

  function refuseWhenClosing(): void {
    if (isClosing()) throw new EngineError('shutting_down', 'Switchyard is shutting down and takes no new requests.')
  }

  function attemptsAt(
    candidates: Candidate[],
    model: ReturnType<Catalog['find']>,
    modelId: string,
    caller: Caller,
  ): Attempts {
    const requestId = caller.requestId ?? randomUUID()
    return new Attempts({ candidates, model, modelId, requestId, health, clock, nextKey })
  }

  async function attemptsFor(modelId: string, caller: Caller, options?: RouteOptions): Promise<Attempts> {
    refuseWhenClosing()
    // A named server is asked even for a model that nobody is known to have.
    const model = options?.connectionId === undefined ? await catalog.findAfterLook(modelId) : catalog.find(modelId)
    return attemptsAt(candidatesFor(model, modelId, connections, health, turns, options), model, modelId, caller)
  }

  /** What an adapter is told about one attempt. */
  function call<Request>(
    attempts: Attempts,
    { upstreamModel, key }: Attempt,
    request: Request,
    caller: Caller,
    signal: AbortSignal,
  ): ProviderCall<Request> {
    return {
      request,
      upstreamModel,
      requestId: attempts.route.requestId,
      signal,
      key,
      onNotSent: (fields) => attempts.notSent(fields),
      ...(caller.context === undefined ? {} : { context: caller.context }),
    }
  }

  function stream(
    kind: 'chat' | 'completion',
    attempts: Attempts,
    caller: Caller,
    signal: AbortSignal,
    start: (attempt: Attempt) => AsyncIterable<StreamPart>,
  ): ChatRun {
    const startedAt = clock.monotonic()
    const parts = endStream(attemptStream(attempts, signal, start), signal, (end) => {
      recordRequest(log, { kind, route: attempts.route, caller, durationMs: clock.monotonic() - startedAt, ...end })
    })
    return {
      get route() {
        return attempts.route
      },
      parts,
    }
  }

  /** Tries until one attempt gives its whole answer. */
  async function whole<Result>(
    kind: 'embedding' | 'count',
    attempts: Attempts,
    caller: Caller,
    signal: AbortSignal,
    ask: (attempt: Attempt) => Promise<Result>,
    promptTokens: (result: Result) => number,
  ): Promise<Result> {
    const startedAt = clock.monotonic()
    for (;;) {
      try {
        const result = await ask(attempts.begin())
        attempts.answered()
        recordRequest(log, {
          kind,
          route: attempts.route,
          caller,
          durationMs: clock.monotonic() - startedAt,
          outcome: 'finished',
          finishReason: null,
          usage: { promptTokens: promptTokens(result), completionTokens: 0 },
          error: null,
        })
        return result
      } catch (thrown) {
        const error = attempts.cleaned(thrown)
        if (attempts.failed(error, !signal.aborted)) continue
        recordRequest(log, {
          kind,
          route: attempts.route,
          caller,
          durationMs: clock.monotonic() - startedAt,
          outcome: signal.aborted || error.code === 'aborted' ? 'cancelled' : 'failed',
          finishReason: null,
          usage: null,
          error,
        })
        throw error
      } finally {
        attempts.left()
      }
    }
  }

  return {
    async chat(request, caller, signal, options) {
      const attempts = await attemptsFor(request.model, caller, options)
      return stream('chat', attempts, caller, signal, (attempt) =>
        attempt.connection.adapter.chat(call(attempts, attempt, request, caller, signal)),
      )
    },
    async complete(request, caller, signal, options) {
      const attempts = await attemptsFor(request.model, caller, options)
      return stream('completion', attempts, caller, signal, (attempt) =>
        attempt.connection.adapter.complete(call(attempts, attempt, request, caller, signal)),
      )
    },
    async embed(request, caller, signal, options) {
      const attempts = await attemptsFor(request.model, caller, options)
      const result = await whole(
        'embedding',
        attempts,
        caller,
        signal,
        (attempt) => attempt.connection.adapter.embed(call(attempts, attempt, request, caller, signal)),
        ({ promptTokens }) => promptTokens,
      )
      return { route: attempts.route, result }
    },
    async countTokens(request, caller, signal, options) {
      const attempts = await attemptsFor(request.model, caller, options)
      const { adapter } = attempts.next.connection
      if (adapter.countTokens === undefined) {
        return { route: attempts.route, tokens: estimateTokens(request), exact: false }
      }
      const tokens = await whole(
        'count',
        attempts,
        caller,
        signal,
        async (attempt) => {
          const { countTokens } = attempt.connection.adapter
          if (countTokens === undefined) return estimateTokens(request)
          return countTokens.call(attempt.connection.adapter, call(attempts, attempt, request, caller, signal))
        },
        (count) => count,
      )
      return { route: attempts.route, tokens, exact: true }
    },
    passThrough(input, caller, signal, sink, options) {
      refuseWhenClosing()
      const model = catalog.find(input.model)
      if (model === null && options?.connectionId === undefined) return null
      const candidates = candidatesFor(model, input.model, connections, health, turns, options)
      const [best] = candidates
      if (best?.connection.adapter.passThrough === undefined) return null
      const attempts = attemptsAt(candidates, model, input.model, caller)
      return passThrough({ input, caller, signal, sink, attempts, log, clock })
    },
  }
}
