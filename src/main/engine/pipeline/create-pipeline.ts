import { randomUUID } from 'node:crypto'
import type { Connection } from '../connections/connection.ts'
import type { ChatRequest, CompletionRequest } from '../spec/chat-request.ts'
import type { Clock } from '../spec/clock.ts'
import type { Caller, Catalog, ChatRun, Logger, Pipeline, RouteRecord } from '../spec/engine.ts'
import { EngineError, toEngineError } from '../spec/engine-error.ts'
import type { StreamPart } from '../spec/stream-part.ts'
import { type ChosenRoute, chooseRoute } from './choose-route.ts'
import { endStream } from './end-stream.ts'

interface PipelineParts {
  catalog: Catalog
  connections: Connection[]
  clock: Clock
  log: Logger
  /** True once the engine is closing: new requests are refused, running ones go on. */
  isClosing: () => boolean
}

/** The one way through for every request: resolve, route, attempt, record. */
export function createPipeline({ catalog, connections, clock, log, isClosing }: PipelineParts): Pipeline {
  function route(modelId: string): ChosenRoute {
    if (isClosing()) throw new EngineError('shutting_down', 'Switchyard is shutting down and takes no new requests.')
    return chooseRoute(modelId, catalog, connections, randomUUID())
  }

  function start(
    kind: 'chat' | 'completion',
    modelId: string,
    caller: Caller,
    signal: AbortSignal,
    attempt: (chosen: ChosenRoute) => AsyncIterable<StreamPart>,
  ): ChatRun {
    const chosen = route(modelId)
    const startedAt = clock.monotonic()
    const parts = endStream(attempt(chosen), signal, (end) => {
      const fields = {
        ...recordFields(chosen.route, caller, kind),
        outcome: end.outcome,
        finishReason: end.finishReason,
        durationMs: Math.round(clock.monotonic() - startedAt),
        promptTokens: end.usage?.promptTokens ?? null,
        completionTokens: end.usage?.completionTokens ?? null,
        ...(end.error === null ? {} : { code: end.error.code, reason: end.error.message, detail: end.error.detail }),
      }
      if (end.outcome === 'failed') log.warn(fields, 'request failed')
      else log.info(fields, 'request ended')
    })
    return { route: chosen.route, parts }
  }

  return {
    async chat(request: ChatRequest, caller, signal) {
      return start('chat', request.model, caller, signal, ({ route: { upstreamModel, requestId }, adapter }) =>
        adapter.chat({ request, upstreamModel, requestId, signal }),
      )
    },
    async complete(request: CompletionRequest, caller, signal) {
      return start('completion', request.model, caller, signal, ({ route: { upstreamModel, requestId }, adapter }) =>
        adapter.complete({ request, upstreamModel, requestId, signal }),
      )
    },
    async embed(request, caller, signal) {
      const chosen = route(request.model)
      const { upstreamModel, requestId } = chosen.route
      const fields = recordFields(chosen.route, caller, 'embedding')
      try {
        const result = await chosen.adapter.embed({ request, upstreamModel, requestId, signal })
        log.info({ ...fields, outcome: 'finished', promptTokens: result.promptTokens }, 'request ended')
        return { route: chosen.route, result }
      } catch (thrown) {
        const error = toEngineError(thrown)
        log.warn({ ...fields, outcome: 'failed', code: error.code, reason: error.message }, 'request failed')
        throw error
      }
    },
  }
}

function recordFields(route: RouteRecord, caller: Caller, kind: string): object {
  return {
    requestId: route.requestId,
    kind,
    via: caller.via,
    model: route.modelId,
    connection: route.connectionName,
    place: route.place,
  }
}
