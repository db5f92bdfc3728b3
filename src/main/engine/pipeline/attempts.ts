import type { CatalogModel } from '#shared/models.ts'
import type { Clock } from '../spec/clock.ts'
import type { Connection, HealthBoard } from '../spec/connections.ts'
import type { RouteRecord } from '../spec/engine.ts'
import { blotError, EngineError, toEngineError } from '../spec/engine-error.ts'
import { needsCaller } from '../spec/needs-caller.ts'
import { unknownModel } from '../spec/unknown-model.ts'
import { type AskedModel, type Candidate, routeTo } from './candidates.ts'
import { movesOn, triesNextKey } from './move-on.ts'

/** One try at one connection with one of its keys. */
export interface Attempt {
  connection: Connection
  upstreamModel: string
  key: number
}

interface AttemptsOptions {
  candidates: Candidate[]
  /** The base model; null if a server was named for one that nobody is known to have. */
  model: CatalogModel | null
  asked: AskedModel
  requestId: string
  health: HealthBoard
  clock: Clock
  /** The next key of a connection, so that several share the load. */
  nextKey: (connection: Connection) => number
}

/**
 * The tries of one request: which comes next, and what has been learnt. `route` is the current one, with what failed
 * before it. Every attempt that was begun must be ended by `failed` or `left`.
 */
export class Attempts {
  route: RouteRecord
  readonly #options: AttemptsOptions
  readonly #failed: NonNullable<RouteRecord['attempts']> = []
  #index = 0
  #keysTried = 0
  #firstKey = 0
  #startedAt = 0
  #running: Connection | null = null

  constructor(options: AttemptsOptions) {
    const [first] = options.candidates
    if (first === undefined) throw noCandidates(options)
    this.#options = options
    this.route = routeTo(first, options, options.requestId)
  }

  /** The attempt to make now. */
  begin(): Attempt {
    const candidate = this.#candidate()
    const { connection, upstreamModel } = candidate
    if (this.#keysTried === 0) this.#firstKey = this.#options.nextKey(connection)
    if (this.#failed.length > 0) this.route = this.#routeAfterFailures(candidate)
    this.#startedAt = this.#options.clock.monotonic()
    this.#running = connection
    this.#options.health.began(connection.id)
    return { connection, upstreamModel, key: (this.#firstKey + this.#keysTried) % connection.keyCount }
  }

  /** The attempt gave its first content. */
  answered(): void {
    this.#options.health.answered(this.route.connectionId)
  }

  /** The attempt is over, well or because nobody wants it any more. */
  left(): void {
    if (this.#running === null) return
    this.#options.health.ended(this.#running.id)
    this.#running = null
  }

  /** A failure of the current attempt, without our secrets in the upstream's words. */
  cleaned(thrown: unknown): EngineError {
    const { upstream } = this.#candidate().connection.adapter
    return blotError(thrown, upstream === undefined ? undefined : (text) => upstream.blot(text))
  }

  /** The attempt failed (with a cleaned error). True if another one should be made. */
  failed(thrown: unknown, mayRetry: boolean): boolean {
    const { connection } = this.#candidate()
    const { health, clock } = this.#options
    this.left()
    const error = toEngineError(thrown)
    const triesKey = mayRetry && triesNextKey(error) && this.#keysTried + 1 < connection.keyCount
    if (speaksForConnection(connection, error) && !triesKey) health.failed(connection.id, error, 'request')
    if (!mayRetry || !movesOn(error)) return false
    if (triesKey) {
      this.#keysTried += 1
    } else {
      if (this.#index + 1 >= this.#options.candidates.length) return false
      this.#index += 1
      this.#keysTried = 0
    }
    this.#failed.push({
      connectionId: connection.id,
      connectionName: connection.name,
      code: error.code,
      message: error.message,
      durationMs: Math.round(clock.monotonic() - this.#startedAt),
    })
    return true
  }

  /** Fields that the current upstream could not be told. */
  notSent(fields: readonly string[]): void {
    if (fields.length > 0) this.route.notSent = [...new Set([...(this.route.notSent ?? []), ...fields])]
  }

  #routeAfterFailures(candidate: Candidate): RouteRecord {
    const route = routeTo(candidate, this.#options, this.#options.requestId)
    const before = this.#failed.map(({ connectionName, message }) => `${connectionName}: ${message}`)
    return { ...route, attempts: this.#failed, reasons: [...before, ...route.reasons] }
  }

  /** The candidate whose turn it is, without beginning an attempt. */
  #candidate(): Candidate {
    const candidate = this.#options.candidates[this.#index]
    if (candidate === undefined) throw noCandidates(this.#options)
    return candidate
  }

  get next(): Candidate {
    return this.#candidate()
  }

  /** Connections that had their chance. */
  tried(): Set<string> {
    return new Set(this.#options.candidates.slice(0, this.#index).map(({ connection }) => connection.id))
  }
}

/** One bad key of several, or the caller's own credentials, say nothing about the connection as a whole. */
function speaksForConnection({ config }: Connection, { code }: EngineError): boolean {
  if (config === null) return false
  return !(needsCaller(config) && code === 'auth_failed')
}

function noCandidates({ model, asked }: Pick<AttemptsOptions, 'model' | 'asked'>): EngineError {
  if (model === null) return unknownModel(asked.id)
  return new EngineError('upstream_unavailable', `No configured connection has the model '${asked.id}' right now.`)
}
