import type { Place } from '#shared/place.ts'
import type { Clock } from '../../spec/clock.ts'
import type { Logger } from '../../spec/engine.ts'
import { isLiteralAddress, placeOfHost } from './place-of-address.ts'

const EVERY_MS = 60_000

export type ResolveHost = (host: string) => Promise<string[]>

interface PlaceWatchOptions {
  resolveHost: ResolveHost
  /** Addresses of this machine's interfaces. */
  ownAddresses: () => string[]
  clock: Clock
  log: Logger
  /** Hosts of all connections. */
  hosts: () => string[]
  /** Called after each look: places may be different now. */
  looked: () => void
}

/** Where hosts are, as last resolved. */
export interface PlaceWatch {
  /** At once: by what was resolved last, else by the form of the host. */
  placeOf(host: string): Place
  /** Resolves a host again; joins a look that is under way. Never rejects. */
  look(host: string): Promise<void>
  /** Looks at all hosts now and once a minute, one after another: a name server that is dead holds one thread, not all. */
  start(): void
  close(): void
}

/** Keeps what hosts resolve to, in the background. */
export function createPlaceWatch(options: PlaceWatchOptions): PlaceWatch {
  const { resolveHost, ownAddresses, clock, log, hosts, looked } = options
  const known = new Map<string, string[]>()
  const running = new Map<string, Promise<void>>()
  let timer: { cancel(): void } | null = null
  let closed = false

  async function resolve(host: string): Promise<void> {
    try {
      known.set(host, await resolveHost(host))
    } catch (error) {
      // What it resolved to before still says best where it is.
      log.debug({ host, err: error }, 'the name of a connection does not resolve')
    }
    if (!closed) looked()
  }

  function look(host: string): Promise<void> {
    if (closed || isLiteralAddress(host)) return Promise.resolve()
    const current = running.get(host)
    if (current !== undefined) return current
    const started = resolve(host).finally(() => running.delete(host))
    running.set(host, started)
    return started
  }

  async function lookAtAll(): Promise<void> {
    const current = new Set(hosts())
    for (const host of [...known.keys()]) if (!current.has(host)) known.delete(host)
    for (const host of current) await look(host)
    if (closed) return
    // Also without a name to resolve: this machine's own addresses may have changed.
    looked()
    timer = clock.setTimeout(() => void lookAtAll(), EVERY_MS)
  }

  return {
    placeOf: (host) => placeOfHost(host, known.get(host) ?? [], ownAddresses()),
    look,
    start: () => void lookAtAll(),
    close() {
      closed = true
      timer?.cancel()
    },
  }
}
