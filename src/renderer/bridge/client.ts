import { type ClientLink, createORPCClient, ORPCError } from '@orpc/client'
import { RPCLink as FetchLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '#shared/contract.ts'
import { publicErrorSchema } from '#shared/errors.ts'
import { desktop } from './desktop.ts'

/** Every call a window can make to the engine, typed by the shared contract. */
export type Client = ContractRouterClient<Contract>
export type Link = ClientLink<Record<never, never>>

let openLink: () => Promise<Link> = desktop() ? connectPort : async () => httpLink()
let current: Promise<Link> | null = null
const refusalListeners = new Set<() => void>()

/** The engine. Stable for the life of the window: the way to it may be replaced underneath. */
export const client: Client = createORPCClient<Client>({
  async call(path, input, options) {
    current ??= openLink()
    const opened = current
    try {
      return await (await opened).call(path, input, options)
    } catch (error) {
      // A way that never opened is tried afresh by the next call.
      if (current === opened && error instanceof NotConnectedError) current = null
      if (isRefusal(error)) for (const listener of refusalListeners) listener()
      throw error
    }
  },
})

/** Drops the present way to the engine; the next call opens a new one. */
export function reopen(): void {
  current = null
}

/** Puts another way to the engine in place (tests, the gallery). */
export function setLink(open: () => Promise<Link>): void {
  openLink = open
  current = null
}

/** Hears when a call was refused because of who asks. Returns the way to stop. */
export function onRefused(listener: () => void): () => void {
  refusalListeners.add(listener)
  return () => refusalListeners.delete(listener)
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof ORPCError)) return false
  if (error.status === 401 || error.status === 403) return true
  const known = publicErrorSchema.safeParse(error.data)
  return known.success && (known.data.code === 'auth_failed' || known.data.code === 'forbidden')
}

/** The window could not get a way to the engine. */
export class NotConnectedError extends Error {
  override name = 'NotConnectedError'
}

function httpLink(): Link {
  return new FetchLink({ url: `${globalThis.location.origin}/rpc` })
}

/** Asks the preload for a port to the engine. Rejects with NotConnectedError if none comes within `waitMs`. */
function connectPort(waitMs = 5000): Promise<Link> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      removeEventListener('message', receive)
      reject(new NotConnectedError('The engine did not answer'))
    }, waitMs)
    function receive(event: MessageEvent<unknown>): void {
      if (event.source !== window || event.origin !== globalThis.location.origin || !isPortMessage(event.data)) return
      const port = event.ports[0]
      if (port === undefined) return
      clearTimeout(timer)
      removeEventListener('message', receive)
      port.addEventListener('close', reopen)
      port.start()
      resolve(new PortLink({ port }))
    }
    addEventListener('message', receive)
    window.postMessage({ type: 'switchyard:connect' }, globalThis.location.origin)
  })
}

function isPortMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'switchyard:port'
}
