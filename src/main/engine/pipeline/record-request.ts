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

/** Writes a request's end to the log. Its content is in none of the fields. */
export function recordRequest(log: Logger, record: RequestRecord): void {
  const { route, caller, usage, error } = record
  const fields = {
    requestId: route.requestId,
    kind: record.kind,
    via: caller.via,
    person: caller.principal.id,
    model: route.modelId,
    ...(route.baseModelId === undefined ? {} : { baseModel: route.baseModelId }),
    connection: route.connectionName,
    place: route.place,
    outcome: record.outcome,
    finishReason: record.finishReason,
    durationMs: Math.round(record.durationMs),
    promptTokens: usage?.promptTokens ?? null,
    completionTokens: usage?.completionTokens ?? null,
    ...(record.passedThrough === true ? { passedThrough: true } : {}),
    ...(route.attempts === undefined ? {} : { attempts: route.attempts }),
    ...(route.notSent === undefined ? {} : { notSent: route.notSent }),
    ...(error === null ? {} : { code: error.code, reason: error.message, detail: error.detail }),
  }
  if (record.outcome === 'failed') log.warn(fields, 'request failed')
  else log.info(fields, 'request ended')
}
