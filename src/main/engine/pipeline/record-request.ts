import type { Caller, LineValue, Logger, RouteRecord } from '../spec/engine.ts'
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

/** Lines of one person and model that are alike but for their own fields. */
interface KnownLines {
  place: RouteRecord['place']
  connectionName: string
  baseModelId: string | undefined
  kind: RequestRecord['kind']
  via: Caller['via']
  write: Write
}

/** Kinds of requests whose lines are remembered. */
const MAX_KNOWN = 1_000

export function createRequestLog(log: Logger): RequestLog {
  /** By person and model: to put a key together of all that lines share, and to hash it, cost more than to compare it. */
  const known = new Map<string, Map<string, KnownLines[]>>()
  let count = 0

  function writerFor({ kind, route, caller }: RequestRecord): Write {
    const { modelId, baseModelId, connectionName, place } = route
    const person = caller.principal.id
    for (const lines of known.get(person)?.get(modelId) ?? []) {
      if (
        lines.kind === kind &&
        lines.via === caller.via &&
        lines.place === place &&
        lines.baseModelId === baseModelId &&
        lines.connectionName === connectionName
      ) {
        return lines.write
      }
    }
    const write = log.infoLines(sharedFields(kind, route, caller), ENDED, OWN_FIELDS)
    if (count >= MAX_KNOWN) {
      known.clear()
      count = 0
    }
    count += 1
    const ofPerson = known.get(person) ?? new Map<string, KnownLines[]>()
    known.set(person, ofPerson)
    const lines = { kind, via: caller.via, place, baseModelId, connectionName, write }
    ofPerson.set(modelId, [...(ofPerson.get(modelId) ?? []), lines])
    return write
  }

  return {
    ended(record) {
      const { route, error } = record
      if (error === null && record.outcome === 'finished' && !isUnusual(route)) writerFor(record)(ownValues(record))
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

/** What differs from one request to the next. */
const OWN_FIELDS = [
  'requestId',
  'outcome',
  'finishReason',
  'durationMs',
  'promptTokens',
  'completionTokens',
  'passedThrough',
] as const

/** Their values, in that order. */
function ownValues({ route, outcome, finishReason, durationMs, usage, passedThrough }: RequestRecord): LineValue[] {
  return [
    route.requestId,
    outcome,
    finishReason,
    Math.round(durationMs),
    usage === null ? null : usage.promptTokens,
    usage === null ? null : usage.completionTokens,
    passedThrough,
  ]
}

function ownFields(record: RequestRecord): Record<string, LineValue> {
  const values = ownValues(record)
  return Object.fromEntries(OWN_FIELDS.map((name, index) => [name, values[index]]))
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
