import { Bonjour, type Browser } from 'bonjour-service'
import type { SharingState } from '#shared/sharing.ts'
import type { Logger } from '../spec/engine.ts'

export type FoundInstance = SharingState['found'][number]

/** Makes this instance known on the network by mDNS, and knows others that did so. */
export interface Announcement {
  announce(service: { name: string; port: number; tls: boolean; version: string }): void
  withdraw(): Promise<void>
  /** Begins to look for others. Nobody who never asks sends packets. */
  look(): void
  /** Others, by name; none before `look`. */
  found(): FoundInstance[]
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

const SERVICE = 'switchyard'

export interface AnnouncementOptions {
  log: Logger
  /** Opens the mDNS socket; tests give their own network. */
  open?: (onError: (error: unknown) => void) => Bonjour
}

/** mDNS through bonjour-service. A network that does not let it costs a warning, never the sharing itself. */
export function createAnnouncement(options: AnnouncementOptions): Announcement {
  const { log } = options
  const listeners = new Set<() => void>()
  let bonjour: Bonjour | null = null
  let browser: Browser | null = null
  let own: { name: string; port: number } | null = null

  function open(): Bonjour {
    const failed = (error: unknown): void => log.warn({ err: error }, 'mDNS does not work on this network')
    bonjour ??= options.open === undefined ? new Bonjour({}, failed) : options.open(failed)
    return bonjour
  }

  function changed(): void {
    for (const listener of [...listeners]) listener()
  }

  async function withdraw(): Promise<void> {
    if (own === null || bonjour === null) return
    own = null
    const service = bonjour
    await new Promise<void>((resolve) => service.unpublishAll(() => resolve()))
  }

  return {
    announce({ name, port, tls, version }) {
      own = { name, port }
      try {
        open().publish({ name, type: SERVICE, port, txt: { version, scheme: tls ? 'https' : 'http' }, probe: false })
      } catch (error) {
        log.warn({ err: error }, 'this instance could not be announced on the network')
      }
    },
    withdraw,
    look() {
      if (browser !== null) return
      try {
        browser = open().find({ type: SERVICE })
        browser.on('up', changed)
        browser.on('down', changed)
      } catch (error) {
        log.warn({ err: error }, 'other instances cannot be looked for on this network')
      }
    },
    found() {
      return (browser?.services ?? [])
        .filter(({ name, port }) => own === null || name !== own.name || port !== own.port)
        .map(({ name, port, host, addresses, txt }) => ({
          name,
          url: urlOf(txt, addresses, host, port),
          version: textOf(txt, 'version'),
        }))
        .sort((a, b) => a.name.localeCompare(b.name))
    },
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    async close() {
      listeners.clear()
      browser?.stop()
      await withdraw()
      const service = bonjour
      bonjour = null
      if (service !== null) await new Promise<void>((resolve) => service.destroy(() => resolve()))
    },
  }
}

function urlOf(txt: unknown, addresses: readonly string[] | undefined, host: string, port: number): string {
  const scheme = textOf(txt, 'scheme') === 'http' ? 'http' : 'https'
  const address = addresses?.find((each) => !each.includes(':')) ?? addresses?.[0] ?? host
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`
}

/** What another machine says is only text, and short. */
function textOf(txt: unknown, field: string): string {
  const value = typeof txt === 'object' && txt !== null ? (txt as Record<string, unknown>)[field] : undefined
  return typeof value === 'string' ? value.slice(0, 100) : ''
}
