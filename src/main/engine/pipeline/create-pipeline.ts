import { randomUUID } from 'node:crypto'
import type { Access } from '../spec/access.ts'
import { Batched } from '../spec/batched.ts'
import type { ChatRequest } from '../spec/chat-request.ts'
import type { Clock } from '../spec/clock.ts'
import type { Connection, ConnectionSet, HealthBoard } from '../spec/connections.ts'
import type { Caller, Catalog, ChatRun, Logger, PassThroughInput, Pipeline, RouteOptions } from '../spec/engine.ts'
import { EngineError, isEngineError } from '../spec/engine-error.ts'
import type { ModelResolver, PromptContext, ResolvedModel } from '../spec/presets.ts'
import type { ProviderCall } from '../spec/provider-adapter.ts'
import type { StreamPart } from '../spec/stream-part.ts'
import { unknownModel } from '../spec/unknown-model.ts'
import { attemptStream } from './attempt-stream.ts'
import { type Attempt, Attempts } from './attempts.ts'
import { type Candidate, candidatesFor, countTurn, type Turns } from './candidates.ts'
import { endStream } from './end-stream.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { type FoundModel, findModel, findModelNow } from './find-model.ts'
import { MisshapenAnswers } from './misshapen-answers.ts'
import { passThrough } from './pass-through.ts'
import { createRequestLog } from './record-request.ts'
import { SpokenDialects } from './spoken-dialects.ts'

export interface PipelineParts {
  catalog: Pick<Catalog, 'find' | 'findAfterLook'>
  resolver: ModelResolver
  access: Pick<Access, 'mayUse' | 'requireModel' | 'mayRunAway'>
  connections: ConnectionSet
  health: HealthBoard
  clock: Clock
  log: Logger
  /** True once the engine is closing: new requests are refused, running ones go on. */
  isClosing: () => boolean
}

/** The one way through for every request: resolve, authorize, apply the model's records, route, attempt, record. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { catalog, resolver, access, connections, health, clock, isClosing } = parts
  const log = createRequestLog(parts.log)
  const turns: Turns = new Map()
  const misshapen = new MisshapenAnswers(clock)
  const spoken = new SpokenDialects()
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

  function attemptsAt(found: FoundModel, caller: Caller, options?: RouteOptions): Attempts {
    const { model, asked, baseModelId, limits } = found
    const candidates = candidatesFor(model, baseModelId, connections, health, turns, limits, options)
    // What runs only where the person may not is not there for them, nor what a named server is not known to have.
    const isBeyond = options?.connectionId === undefined ? !limits.mayRunAway : !limits.mayNameAnyModel
    if (candidates.length === 0 && isBeyond && options?.excluding === undefined) throw unknownModel(found.askedId)
    countTurn(candidates, model, turns)
    const requestId = caller.requestId ?? randomUUID()
    return new Attempts({ candidates, model, asked, requestId, health, clock, nextKey })
  }

  /** Finds, authorizes and lets `apply` lay the model's records over the request, before anything runs. */
  async function prepared<Request extends { model: string }>(
    request: Request,
    caller: Caller,
    options: RouteOptions | undefined,
    apply: (found: NonNullable<FoundModel['resolved']>, request: Request) => Request,
  ): Promise<{ request: Request; attempts: Attempts }> {
    refuseWhenClosing()
    const parts = { catalog, resolver, access }
    const found = await findModel(request.model, caller.principal, parts, options, caller.context)
    const attempts = attemptsAt(found, caller, options)
    const { resolved } = found
    return { attempts, request: resolved?.changesRequests === true ? apply(resolved, request) : request }
  }

  function chatFor({ principal, prompt }: Caller): (found: ResolvedModel, request: ChatRequest) => ChatRequest {
    const context: PromptContext = { principal, ...prompt }
    return (found, request) => resolver.apply(found, request, context)
  }

  /** The input with the model's records laid over it; null if it has to be decoded for that. */
  function laidOver(
    resolved: ResolvedModel,
    { connection, upstreamModel }: Candidate,
    input: PassThroughInput,
    caller: Caller,
  ): PassThroughInput | null {
    try {
      // Nothing needs to be laid over a body that this server does not take anyway.
      if (!spoken.has(connection.adapter, input.endpoint, upstreamModel)) return null
      const context: PromptContext = { principal: caller.principal, ...caller.prompt }
      const laid = resolver.applyToBody(resolved, input, context)
      return laid === null ? null : { ...input, ...laid }
    } catch (thrown) {
      // A record that cannot be used as set up: the reading path says so.
      if (isEngineError(thrown)) return null
      throw thrown
    }
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
    const batches = endStream(attemptStream(attempts, signal, start), signal, (end) => {
      log.ended({ kind, route: attempts.route, caller, durationMs: clock.monotonic() - startedAt, ...end })
    })
    return {
      get route() {
        return attempts.route
      },
      parts: new Batched(batches),
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
        log.ended({
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
        log.ended({
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
    async chat(asked, caller, signal, options) {
      const { request, attempts } = await prepared(asked, caller, options, chatFor(caller))
      return stream('chat', attempts, caller, signal, (attempt) =>
        attempt.connection.adapter.chat(call(attempts, attempt, request, caller, signal)),
      )
    },
    async complete(asked, caller, signal, options) {
      const { request, attempts } = await prepared(asked, caller, options, resolver.applyToCompletion)
      return stream('completion', attempts, caller, signal, (attempt) =>
        attempt.connection.adapter.complete(call(attempts, attempt, request, caller, signal)),
      )
    },
    async embed(asked, caller, signal, options) {
      const { request, attempts } = await prepared(asked, caller, options, resolver.applyToEmbedding)
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
    async countTokens(asked, caller, signal, options) {
      const { request, attempts } = await prepared(asked, caller, options, chatFor(caller))
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
          if (countTokens === undefined) return null
          return countTokens.call(attempt.connection.adapter, call(attempts, attempt, request, caller, signal))
        },
        (count) => count ?? 0,
      )
      return { route: attempts.route, tokens: tokens ?? estimateTokens(request), exact: tokens !== null }
    },
    passThrough(input, caller, sink, options) {
      refuseWhenClosing()
      const found = findModelNow(input.model, caller.principal, { catalog, resolver, access }, options)
      // Whatever stands in the way, the reading path says it in the right words.
      if (found === null) return null
      const { model, asked, baseModelId, limits, resolved } = found
      const candidates = candidatesFor(model, baseModelId, connections, health, turns, limits, options)
      const [best] = candidates
      if (best?.connection.adapter.passThrough === undefined) return null
      const laid = resolved?.changesRequests === true ? laidOver(resolved, best, input, caller) : input
      if (laid === null) return null
      const requestId = caller.requestId ?? randomUUID()
      const attempts = new Attempts({ candidates, model, asked, requestId, health, clock, nextKey })
      const run = passThrough({ input: laid, caller, sink, attempts, misshapen, log, clock })
      // Else the reading path counts it.
      if (run !== null) countTurn(candidates, model, turns)
      return run
    },
  }
}
