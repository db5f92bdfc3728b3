import { otherName } from '#shared/model-name.ts'
import type { CatalogModel } from '#shared/models.ts'
import type { Clock } from '../spec/clock.ts'
import type { Connection, ConnectionSet, HealthBoard } from '../spec/connections.ts'
import type { Catalog, Logger } from '../spec/engine.ts'
import { blotError, EngineError } from '../spec/engine-error.ts'
import { needsCaller } from '../spec/needs-caller.ts'
import type { ProviderAdapter, UpstreamModel } from '../spec/provider-adapter.ts'
import type { CallContext } from '../spec/upstream.ts'
import { LOOK_MS } from '../spec/within-time.ts'
import { createLookSchedule } from './look-schedule.ts'
import { type ConnectionSnapshot, mergeSnapshots } from './merge-snapshots.ts'

/** The catalog plus what its owner needs to run it. */
export interface ModelCatalog extends Catalog {
  /** First looks at every connection, and from then on by schedule. Resolves when each was looked at, at most after `waitMs`. */
  start(waitMs: number): Promise<void>
  close(): void
}

export interface ModelCatalogOptions {
  connections: ConnectionSet
  health: HealthBoard
  clock: Clock
  log: Logger
}

interface Snapshot {
  models: readonly UpstreamModel[]
  knownAt: number
}

/** Looks at one connection, one after another. */
interface Looks {
  promise: Promise<void>
  /** Wanted once more after the one that runs. */
  again: boolean
  /** For whom the next one asks. */
  context: CallContext | undefined
  /** Whom the running one asks. */
  adapter: ProviderAdapter
  abort: AbortController
}

/** A model that nobody knows is asked for again at servers whose list is older than this, ms. */
const STALE_FOR_UNKNOWN_MS = 2_000
/** What such an extra look may hold up the request, ms. */
const UNKNOWN_WAIT_MS = 1_500

/**
 * Keeps one snapshot per connection and answers from the merged view without waiting for anyone. A connection that
 * fails keeps its last snapshot, shown as unreachable with its age.
 */
export function createModelCatalog({ connections, health, clock, log }: ModelCatalogOptions): ModelCatalog {
  const snapshots = new Map<string, Snapshot>()
  const running = new Map<string, Looks>()
  /** `listKey` by id, as they were last asked. */
  const askedAs = new Map<string, string>()
  const listeners = new Set<() => void>()
  let merged: CatalogModel[] | null = null
  let byId = new Map<string, CatalogModel>()
  let shown = ''
  let closed = false

  const reachable = (id: string): boolean => {
    const state = health.state(id)
    return state !== 'down' && state !== 'auth-failed'
  }

  function view(): CatalogModel[] {
    if (merged !== null) return merged
    const inOrder = connections.all().flatMap((connection): ConnectionSnapshot[] => {
      const snapshot = snapshots.get(connection.id)
      return snapshot === undefined ? [] : [{ connection, ...snapshot, reachable: reachable(connection.id) }]
    })
    merged = mergeSnapshots(inOrder)
    byId = new Map(merged.map((model) => [model.id, model]))
    return merged
  }

  /** Tells listeners if what they would see is different. `knownAt` alone moves with every look and is no news. */
  function changed(): void {
    merged = null
    const now = JSON.stringify(view(), (key, value: unknown) => (key === 'knownAt' ? null : value))
    if (now === shown) return
    shown = now
    for (const listener of [...listeners]) listener()
  }

  /** False once it was edited or removed: then it has no use for the old one's answer. */
  const isCurrent = ({ id, adapter }: Connection): boolean => !closed && connections.find(id)?.adapter === adapter

  async function look(connection: Connection, signal: AbortSignal, context: CallContext | undefined): Promise<void> {
    const startedAt = clock.monotonic()
    try {
      const { adapter } = connection
      const [models, version] = await unlessAborted(
        signal,
        Promise.all([
          adapter.listModels(signal, context),
          adapter.version === undefined ? undefined : adapter.version(signal).catch(() => null),
        ]),
      )
      if (!isCurrent(connection)) return
      snapshots.set(connection.id, { models, knownAt: clock.now() })
      health.succeeded(connection.id, {
        latencyMs: Math.round(clock.monotonic() - startedAt),
        // A file that was refused is in the list, so that somebody sees why; nobody can ask it for anything.
        modelCount: models.filter(({ state }) => state !== 'unavailable').length,
        ...(version === undefined ? {} : { version }),
      })
    } catch (thrown) {
      if (!isCurrent(connection)) return
      const before = health.get(connection.id).state
      const { upstream } = connection.adapter
      const error = blotError(
        signal.aborted ? signal.reason : thrown,
        upstream === undefined ? undefined : (text) => upstream.blot(text),
      )
      if (needsCaller(connection.config) && (error.code === 'auth_failed' || error.code === 'forbidden')) {
        health.unproven(connection.id, withoutProof(error))
      } else health.failed(connection.id, error, 'look')
      const fields = { connection: connection.name, code: error.code, reason: error.message, detail: error.detail }
      // Once per outage; a server that stays down would fill the log.
      if (health.get(connection.id).state === before) log.debug(fields, 'could not list the models of a connection')
      else log.warn(fields, 'could not list the models of a connection')
    }
    changed()
  }

  function refresh(id: string, caller?: CallContext): Promise<void> {
    const connection = connections.find(id)
    if (connection === null || closed) return Promise.resolve()
    const context = needsCaller(connection.config) ? caller : undefined
    const current = running.get(id)
    if (current !== undefined) {
      // What is being asked may already be out of date: ask once more after it.
      current.again = true
      current.context = context ?? current.context
      return current.promise
    }
    const run: Looks = {
      promise: Promise.resolve(),
      again: false,
      context,
      adapter: connection.adapter,
      abort: new AbortController(),
    }
    run.promise = (async () => {
      let latest: Connection | null = connection
      while (latest !== null) {
        const { name, config, adapter } = latest
        const asked = run.context
        run.again = false
        run.context = undefined
        run.adapter = adapter
        askedAs.set(id, latest.listKey)
        const abort = new AbortController()
        run.abort = abort
        const limit = clock.setTimeout(
          () => abort.abort(new EngineError('first_byte_timeout', `${name} did not list its models in time.`)),
          LOOK_MS + (config?.timeouts.connectMs ?? 0),
        )
        await look(latest, abort.signal, asked)
        limit.cancel()
        latest = run.again && !closed ? connections.find(id) : null
      }
      running.delete(id)
      schedule.lookedAt(id)
    })()
    running.set(id, run)
    return run.promise
  }

  const schedule = createLookSchedule({ connections, health, clock, look: refresh })

  const forgetChanges = connections.onChange((ids) => {
    for (const id of ids) {
      const connection = connections.find(id)
      const run = running.get(id)
      if (run !== undefined && run.adapter !== connection?.adapter) {
        run.abort.abort(new EngineError('aborted', 'The connection was changed or removed.'))
      }
      if (connection === null) {
        snapshots.delete(id)
        schedule.forget(id)
        // Its state is kept for views that still list it as disabled.
        continue
      }
      if ((askedAs.get(id) ?? connection.listKey) !== connection.listKey) forgetWhatItListed(id)
      void refresh(id)
    }
    changed()
  })

  /** Its server may be another one now, so what went for the old one says nothing about it. */
  function forgetWhatItListed(id: string): void {
    snapshots.delete(id)
    health.forget(id)
  }

  const lastReachable = new Map<string, boolean>()
  const forgetHealth = health.onChange((id) => {
    const now = reachable(id)
    if (lastReachable.get(id) === now) return
    lastReachable.set(id, now)
    if (snapshots.has(id)) changed()
  })

  function lookUp(id: string): CatalogModel | null {
    view()
    const found = byId.get(id)
    if (found !== undefined) return found
    const other = otherName(id)
    return other === null ? null : (byId.get(other) ?? null)
  }

  return {
    list: view,
    find: lookUp,
    async findAfterLook(id, context) {
      const found = lookUp(id)
      if (found !== null) return found
      const worthAsking = connections.all().filter((connection) => {
        if (connection.config === null) return false
        const snapshot = snapshots.get(connection.id)
        if (!reachable(connection.id)) return false
        return snapshot === undefined || clock.now() - snapshot.knownAt > STALE_FOR_UNKNOWN_MS
      })
      if (worthAsking.length === 0) return null
      await atMost(
        UNKNOWN_WAIT_MS,
        worthAsking.map(({ id, config }) =>
          needsCaller(config) && context !== undefined
            ? refresh(id, context)
            : (running.get(id)?.promise ?? refresh(id)),
        ),
      )
      return lookUp(id)
    },
    snapshot: (id) => snapshots.get(id) ?? null,
    refresh,
    firstLooks: (waitMs) =>
      atMost(
        waitMs,
        connections.all().flatMap(({ id }) => {
          const run = snapshots.has(id) || !reachable(id) ? undefined : running.get(id)
          return run?.promise ?? []
        }),
      ),
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    start: (waitMs) =>
      atMost(
        waitMs,
        connections.all().map((connection) => refresh(connection.id)),
      ),
    close() {
      closed = true
      schedule.close()
      forgetChanges()
      forgetHealth()
      for (const { abort } of running.values())
        abort.abort(new EngineError('shutting_down', 'Switchyard is shutting down.'))
    },
  }

  function atMost(ms: number, looks: Promise<unknown>[]): Promise<void> {
    return new Promise((resolve) => {
      const limit = clock.setTimeout(resolve, ms)
      void Promise.all(looks).then(() => {
        limit.cancel()
        resolve()
      })
    })
  }
}

/** What an adapter does not end by itself is not waited for either. */
function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    work.then(resolve, reject)
  })
}

/** What to say of a connection whose proof comes with its callers. */
function withoutProof(cause: EngineError): EngineError {
  const message =
    'It asks for the proof of whoever is signed in, so its models are known once somebody asked for one of them.'
  return new EngineError(cause.code, message, { cause, ...(cause.upstream ? { upstream: cause.upstream } : {}) })
}
