import { randomUUID } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { networkInterfaces } from 'node:os'
import type { ConnectionInput } from '#shared/connections.ts'
import type { Clock } from '../spec/clock.ts'
import type { Connection, ConnectionFamily, ConnectionSet, Connections, HealthBoard } from '../spec/connections.ts'
import type { Logger } from '../spec/engine.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { SecretVault } from '../spec/secret-vault.ts'
import type { ConnectionsStore } from '../storage/index.ts'
import { newConnectionId, type PlannedConnection, planConnection } from './change-connections.ts'
import { type ConnectionEntry, familyOf, hostOf, titleOf } from './connection-entry.ts'
import { type ConnectionList, createConnectionList } from './connection-list.ts'
import { mergeFamilyOrder, requireSameIds } from './connection-order.ts'
import { createConnectionSecrets } from './connection-secrets.ts'
import { type CreateAdapter, createLiveConnections, type OpenUpstream } from './live-connections.ts'
import { openUnsaved } from './open-unsaved.ts'
import { createPlaceWatch, type ResolveHost } from './place/watch-places.ts'
import { readInput } from './read-input.ts'
import { revisionOf } from './revision.ts'
import { planSeed } from './seed/plan-seed.ts'
import type { Environment } from './seed/variable-reader.ts'
import { testConnection } from './test/test-connection.ts'

export interface ConnectionsOptions {
  records: ConnectionsStore
  vault: SecretVault
  /** process.env, or a test's own; it counts at the first start only. */
  environment: Environment
  log: Logger
  clock: Clock
  builtIn: Connection
  /** Header values come in `secrets.headers`; `config.headers` is empty. `close` has to let running requests end. */
  openUpstream: OpenUpstream
  createAdapter: CreateAdapter
  health: HealthBoard
  /** The catalog's look at one connection. Never rejects. */
  refreshModels(connectionId: string): Promise<void>
  /** Default: the system's resolver. */
  resolveHost?: ResolveHost
  /** Default: the addresses of this machine's interfaces. */
  ownAddresses?: () => string[]
}

/** The area, as the composition root sees it. */
export interface ConnectionsArea {
  connections: Connections
  set: ConnectionSet
  /** Opens what is stored, seeds at the first start, and begins to watch places. Rejects with `storage_failed`. */
  start(): Promise<void>
  /** Waits for a change under way and for running requests, then closes every upstream. */
  close(): Promise<void>
}

/** Configured connections: rows and sealed secrets below, the set in use above. One change at a time. */
export function createConnections(options: ConnectionsOptions): ConnectionsArea {
  const { records, vault, environment, log, clock, builtIn, openUpstream, createAdapter, health } = options
  const resolveHost = options.resolveHost ?? resolveBySystem
  const ownAddresses = options.ownAddresses ?? interfaceAddresses
  const secrets = createConnectionSecrets(vault, log)
  const live = createLiveConnections({ builtIn, openUpstream, createAdapter, log })
  const places = createPlaceWatch({
    resolveHost,
    ownAddresses,
    clock,
    log,
    hosts: () => list.entries().map(({ stored }) => hostOf(stored.config)),
    looked: () => list.updatePlaces(),
  })
  const list: ConnectionList = createConnectionList({ records, secrets, live, places, builtIn, health, clock })
  let queue: Promise<unknown> = Promise.resolve()
  let closing = false

  function inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const next = queue.then(() => {
      if (closing) throw new EngineError('shutting_down', 'Switchyard is shutting down.')
      return action()
    })
    queue = next.catch(() => undefined)
    return next
  }

  function plan(input: ConnectionInput, existing: ConnectionEntry | null): PlannedConnection {
    const accepted = readInput(input, existing === null ? null : existing.secrets)
    for (const note of accepted.address.notes) log.info({ connection: titleOf(accepted.config) }, note)
    const id = existing?.stored.id ?? newConnectionId()
    return planConnection(id, { accepted, existing, origin: existing?.stored.origin ?? 'person' }, clock.now())
  }

  async function openStored(): Promise<void> {
    const stored = records.all()
    const unreadable = records.unreadable()
    if (unreadable.length > 0) {
      const message = 'stored connections make no sense to this version; they are left as they are'
      log.warn({ connections: unreadable }, message)
    }
    const opened = await Promise.all(
      stored.map(async (one): Promise<ConnectionEntry> => {
        const open = await secrets.open(one, titleOf(one.config))
        return { stored: one, secrets: open, place: places.placeOf(hostOf(one.config)) }
      }),
    )
    list.load(opened, records.families())
    for (const entry of opened) tellTrouble(entry)
    await secrets.destroyOrphans(stored, unreadable)
  }

  function tellTrouble({ stored, secrets: { trouble } }: ConnectionEntry): void {
    if (trouble === null) return
    health.failed(stored.id, trouble, 'look')
    log.warn({ connection: titleOf(stored.config), reason: trouble.detail }, trouble.message)
  }

  /** A key store that was locked at the start may be open by now. */
  async function reopen(id: string): Promise<void> {
    const before = list.find(id)
    if (before.secrets.trouble === null) return
    const after = { ...before, secrets: await secrets.open(before.stored, titleOf(before.stored.config)) }
    if (after.secrets.trouble === null) list.replace(before, after)
    else tellTrouble(after)
  }

  async function seed(): Promise<void> {
    const planned = planSeed({ environment, records, log })
    if (planned === null) return
    const put = planned.connections.map((accepted) =>
      planConnection(newConnectionId(), { accepted, existing: null, origin: 'environment' }, clock.now()),
    )
    const ids = put.map(({ stored }) => stored.id)
    try {
      await list.apply({ put, remove: [], order: ids, families: planned.families, seed: planned.digests }, ids)
      log.info({ connections: ids.length, variables: [...planned.digests.keys()] }, 'variables set up connections')
    } catch (error) {
      // Nothing was written, so the next start tries again.
      log.error({ err: error }, 'the connections that variables ask for could not be set up')
    }
  }

  /** One member of a family's new list. Throws if it belongs to the other family. */
  function planMember(family: ConnectionFamily, id: string | null, input: ConnectionInput): PlannedConnection {
    const existing = id === null ? null : list.find(id)
    const planned = plan(input, existing)
    const isForeign = existing !== null && familyOf(existing.stored.config) !== family
    if (isForeign || familyOf(planned.stored.config) !== family) {
      const whose = family === 'ollama' ? 'Ollama servers' : 'servers of the OpenAI kind'
      throw new EngineError('invalid_request', `This list is for ${whose} alone.`, { param: 'provider' })
    }
    return planned
  }

  const connections: Connections = {
    list: () => [builtIn.id, ...list.ids()].map(list.viewOf),
    get: list.view,

    create: (input) =>
      inTurn(async () => {
        const planned = plan(input, null)
        const { id } = planned.stored
        await list.apply({ put: [planned], remove: [], order: [...list.ids(), id] }, [id])
        return list.viewOf(id)
      }),

    update: (id, input, base) =>
      inTurn(async () => {
        const existing = list.find(id)
        if (base !== undefined && base !== revisionOf(existing.stored)) {
          const what = 'This connection was changed elsewhere after it was opened here, so nothing was saved.'
          throw new EngineError('conflict', `${what} Load what is stored now, and make the change again.`)
        }
        await list.apply({ put: [plan(input, existing)], remove: [], order: list.ids() }, [id])
        return list.viewOf(id)
      }),

    setEnabled: (id, enabled) =>
      inTurn(async () => {
        const { stored, secrets: open } = list.find(id)
        if (stored.config.enabled !== enabled) {
          const changed = { ...stored, config: { ...stored.config, enabled } }
          const toSeal = { connectionId: id, keys: [], headers: null }
          await list.apply({ put: [{ stored: changed, secrets: open, toSeal }], remove: [], order: list.ids() }, [id])
        }
        return list.viewOf(id)
      }),

    remove: (id) =>
      inTurn(async () => {
        list.find(id)
        await list.apply({ put: [], remove: [id], order: list.ids().filter((other) => other !== id) }, [id])
      }),

    reorder: (ids) =>
      inTurn(async () => {
        requireSameIds(list.ids(), ids)
        await list.apply({ put: [], remove: [], order: ids }, ids)
      }),

    async refresh(id) {
      if (id !== builtIn.id) {
        const { stored, secrets: open } = list.find(id)
        if (open.trouble !== null) await inTurn(() => reopen(id))
        // Where it is comes by itself: nobody waits for a name server here.
        void places.look(hostOf(stored.config))
      }
      await options.refreshModels(id)
      return list.viewOf(id)
    },

    test: (input, id, signal) =>
      testConnection({
        read: () => readInput(input, id === null ? null : list.find(id).secrets),
        openUpstream,
        createAdapter,
        resolveHost,
        ownAddresses,
        clock,
        requestId: `test-${randomUUID()}`,
        signal,
      }),

    unsaved: async (input, id) =>
      openUnsaved(readInput(input, id === null ? null : list.find(id).secrets), {
        openUpstream,
        createAdapter,
        placeOf: places.placeOf,
      }),

    family: (family) => list.ids(family),
    familyEnabled: list.isFamilyEnabled,

    setFamilyEnabled: (family, enabled) =>
      inTurn(async () => {
        if (list.isFamilyEnabled(family) === enabled) return
        const families = new Map([[family, enabled]])
        await list.apply({ put: [], remove: [], order: list.ids(), families }, list.ids(family))
      }),

    replaceFamily: (family, wanted) =>
      inTurn(async () => {
        const before = list.ids(family)
        const put = wanted.map(({ id, input }) => planMember(family, id, input))
        const ids = put.map(({ stored }) => stored.id)
        if (new Set(ids).size < ids.length) {
          throw new EngineError('invalid_request', 'One connection stands twice in the new list.')
        }
        const remove = before.filter((id) => !ids.includes(id))
        const order = mergeFamilyOrder(list.ids(), (id) => before.includes(id), ids)
        await list.apply({ put, remove, order }, [...new Set([...before, ...ids])])
      }),
  }

  return {
    connections,
    set: live.set,
    start: () =>
      inTurn(async () => {
        await openStored()
        await seed()
        places.start()
      }),
    async close() {
      closing = true
      places.close()
      await queue
      await live.close()
    },
  }
}

async function resolveBySystem(host: string): Promise<string[]> {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address))
}
