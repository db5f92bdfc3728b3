import type { ConnectionConfig, RemoteProviderKind } from '#shared/connections.ts'
import type { Connection, ConnectionSet } from '../spec/connections.ts'
import type { Logger } from '../spec/engine.ts'
import { type EngineError, toEngineError } from '../spec/engine-error.ts'
import type { ProviderAdapter } from '../spec/provider-adapter.ts'
import type { Upstream } from '../spec/upstream.ts'
import { type ConnectionEntry, titleOf } from './connection-entry.ts'
import { listKeyOf } from './list-key.ts'
import { createLockedAdapter, createLockedUpstream } from './locked-connection.ts'

/** What an upstream is opened with. `config.headers` is empty: header values are secrets and travel beside it. */
export interface UpstreamInput {
  config: ConnectionConfig
  title: string
  secrets: { keys: string[]; headers: Record<string, string> }
}

export type OpenUpstream = (input: UpstreamInput) => Upstream
export type CreateAdapter = (provider: RemoteProviderKind, upstream: Upstream) => ProviderAdapter

interface LiveConnectionsOptions {
  builtIn: Connection
  openUpstream: OpenUpstream
  createAdapter: CreateAdapter
  log: Logger
}

/** The connections in use, each with its upstream and adapter. */
export interface LiveConnections {
  readonly set: ConnectionSet
  /** Makes the set be these, in this order; what did not change is left alone. Then tells who listens which ids changed. */
  show(entries: readonly ConnectionEntry[], changed: readonly string[]): void
  /** Lets running requests end, then closes every upstream. */
  close(): Promise<void>
}

interface Live {
  entry: ConnectionEntry
  upstream: Upstream
  connection: Connection
}

/** Builds an upstream and an adapter per entry, and replaces them when an entry changes. */
export function createLiveConnections({
  builtIn,
  openUpstream,
  createAdapter,
  log,
}: LiveConnectionsOptions): LiveConnections {
  let live = new Map<string, Live>()
  let all: readonly Connection[] = [builtIn]
  let byId = new Map([[builtIn.id, builtIn]])
  const listeners = new Set<(changed: readonly string[]) => void>()
  const draining = new Set<Promise<void>>()

  function drain({ upstream, connection }: Live): void {
    const closed = upstream.close().catch((error: unknown) => {
      log.warn({ err: error, connection: connection.name }, 'a connection did not close properly')
    })
    draining.add(closed)
    void closed.then(() => draining.delete(closed))
  }

  function make(entry: ConnectionEntry, before: Live | undefined): Live {
    if (before !== undefined && before.entry.stored === entry.stored && before.entry.secrets === entry.secrets) {
      if (before.entry.place === entry.place) return { ...before, entry }
      return { ...before, entry, connection: { ...before.connection, place: entry.place } }
    }
    const { upstream, adapter } = open(entry)
    const { id, config } = entry.stored
    const connection: Connection = {
      id,
      name: titleOf(config),
      provider: config.provider,
      place: entry.place,
      adapter,
      config: upstream.config,
      keyCount: Math.max(1, upstream.keyCount()),
      listKey: listKeyOf(entry.stored),
    }
    return { entry, upstream, connection }
  }

  /** Without a secret that it needs, the server is not asked at all. */
  function open({ stored, secrets }: ConnectionEntry): { upstream: Upstream; adapter: ProviderAdapter } {
    const config: ConnectionConfig = { ...stored.config, headers: {} }
    const title = titleOf(stored.config)
    const locked = (error: EngineError): { upstream: Upstream; adapter: ProviderAdapter } => {
      const upstream = createLockedUpstream(config, title, error)
      return { upstream, adapter: createLockedAdapter(upstream, error) }
    }
    const keys = secrets.keys.flatMap(({ value }) => value ?? [])
    const lacksEveryKey = secrets.keys.length > 0 && keys.length === 0
    if (secrets.trouble !== null && (secrets.headers === null || lacksEveryKey)) return locked(secrets.trouble)
    try {
      const upstream = openUpstream({ config, title, secrets: { keys, headers: { ...secrets.headers } } })
      return { upstream, adapter: createAdapter(config.provider, upstream) }
    } catch (error) {
      // One connection that cannot be built must not take the others with it.
      log.error({ err: error, connection: title }, 'a connection cannot be used')
      return locked(toEngineError(error))
    }
  }

  return {
    set: {
      all: () => all,
      find: (id) => byId.get(id) ?? null,
      onChange(listener) {
        listeners.add(listener)
        return () => {
          listeners.delete(listener)
        }
      },
    },

    show(entries, changed) {
      const before = live
      live = new Map(entries.map((entry) => [entry.stored.id, make(entry, before.get(entry.stored.id))]))
      for (const [id, old] of before) if (live.get(id)?.upstream !== old.upstream) drain(old)
      all = [builtIn, ...[...live.values()].map(({ connection }) => connection)]
      byId = new Map(all.map((connection) => [connection.id, connection]))
      if (changed.length > 0) for (const listener of [...listeners]) listener(changed)
    },

    async close() {
      for (const old of live.values()) drain(old)
      live = new Map()
      await Promise.all(draining)
    },
  }
}
