import type { Caller, Logger, RouteRecord } from '../spec/engine.ts'
import type { EngineError } from '../spec/engine-error.ts'
import type { Usage } from '../spec/stream-part.ts'

/** How one request went. */
export interface RequestRecord {
  kind: 'chat' | 'completion' | 'embedding' | 'count'
  route: RouteRecord
  caller: Caller
  durationMs: number
  outcome: 'finished' | 'failed' | 'cancelled'
  finishReason: string | null
  usage: Pick<Usage, 'promptTokens' | 'completionTokens'> | null
  error: EngineError | null
  /** True if the answer's bytes were passed on unread. */
  passedThrough?: boolean
}

/** Writes the ends of requests to the log. Their content is in none of the fields. */
export interface RequestLog {
  ended(record: RequestRecord): void
}

type Write = ReturnType<Logger['infoLines']>

/** Kinds of requests whose lines are remembered. */
const MAX_KNOWN = 1_000

export function createRequestLog(log: Logger): RequestLog {
  const writers = new Map<string, Write>()

  function writerFor({ kind, route, caller }: RequestRecord): Write {
    const { modelId, baseModelId, connectionName, place } = route
    const key = `${kind} ${caller.via} ${place} ${caller.principal.id}\n${modelId}\n${baseModelId}\n${connectionName}`
    let write = writers.get(key)
    if (write === undefined) {
      write = log.infoLines(sharedFields(kind, route, caller), ENDED)
      if (writers.size >= MAX_KNOWN) writers.clear()
      writers.set(key, write)
    }
    return write
  }

  return {
    ended(record) {
      const { route, error } = record
      if (error === null && record.outcome === 'finished' && !isUnusual(route)) writerFor(record)(ownFields(record))
      else if (record.outcome === 'failed') log.warn(allFields(record), 'request failed')
      else log.info(allFields(record), ENDED)
    },
  }
}

const ENDED = 'request ended'

/** What happened on the way may quote what a server said, and is redacted each time. */
function isUnusual({ attempts, notSent }: RouteRecord): boolean {
  return attempts !== undefined || notSent !== undefined
}

function sharedFields(kind: RequestRecord['kind'], route: RouteRecord, caller: Caller): object {
  return {
    kind,
    via: caller.via,
    person: caller.principal.id,
    model: route.modelId,
    baseModel: route.baseModelId,
    connection: route.connectionName,
    place: route.place,
  }
}

function ownFields({ route, outcome, finishReason, durationMs, usage, passedThrough }: RequestRecord) {
  return {
    requestId: route.requestId,
    outcome,
    finishReason,
    durationMs: Math.round(durationMs),
    promptTokens: usage === null ? null : usage.promptTokens,
    completionTokens: usage === null ? null : usage.completionTokens,
    passedThrough,
  }
}

function allFields(record: RequestRecord): object {
  const { kind, route, caller, error } = record
  return {
    ...ownFields(record),
    ...sharedFields(kind, route, caller),
    attempts: route.attempts,
    notSent: route.notSent,
    code: error?.code,
    reason: error?.message,
    detail: error?.detail,
  }
}
