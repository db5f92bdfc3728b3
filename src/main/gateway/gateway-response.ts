import { type IncomingMessage, ServerResponse } from 'node:http'
import type { ClientConnection } from './client-connection.ts'

/** Who wants to know that a response is over, well or because its client left. */
export interface ResponseWatcher {
  closed(): void
}

const NONE: readonly string[] = []

/**
 * A response with what the gateway knows of it, so that a request needs neither closures nor header tables of its own:
 * `setHeader` for two headers that every answer has made Node merge all of them one by one, which cost more than the
 * routing of the request.
 */
export class GatewayResponse extends ServerResponse<IncomingMessage> {
  /** Headers that every answer has, names and values in turn. An answer's own win. */
  common: readonly string[] = NONE
  /** The connection that it answers on; null until a listener took its request. */
  client: ClientConnection | null = null
  /** At most one at a time: whoever answers. */
  watcher: ResponseWatcher | null = null
  /** When the request came, monotonic ms; null for an answer that need not say how long it took. */
  timedFrom: number | null = null

  // Node calls it without arguments beyond the status where an answer begins without one.
  override writeHead(status: number, ...rest: unknown[]): this {
    if (this.timedFrom !== null && !this.headersSent) {
      const seconds = (performance.now() - this.timedFrom) / 1000
      this.common = [...this.common, 'X-Process-Time', seconds.toFixed(6)]
    }
    const [headers] = rest
    const list = rest.length === 1 && this.getHeaderNames().length === 0 ? flatList(headers) : null
    if (list !== null) return super.writeHead(status, this.#withCommon(list))
    for (let index = 0; index < this.common.length; index += 2) {
      const [name = '', value = ''] = [this.common[index], this.common[index + 1]]
      if (!this.headersSent && !this.hasHeader(name)) this.setHeader(name, value)
    }
    return Reflect.apply(super.writeHead, this, [status, ...rest]) as this
  }

  /** A head's own headers win over the common ones. */
  #withCommon(own: readonly string[]): string[] {
    const list = [...own]
    for (let index = 0; index < this.common.length; index += 2) {
      const [name = '', value = ''] = [this.common[index], this.common[index + 1]]
      if (!has(own, name)) list.push(name, value)
    }
    return list
  }
}

function has(list: readonly string[], name: string): boolean {
  for (let index = 0; index < list.length; index += 2) {
    const other = list[index]
    if (other !== undefined && other.length === name.length && other.toLowerCase() === name.toLowerCase()) return true
  }
  return false
}

/** Names and values in turn; null for a head that Node has to put together, as one with two cookies. */
function flatList(headers: unknown): string[] | null {
  if (Array.isArray(headers)) return typeof headers[0] === 'string' ? headers : null
  if (typeof headers !== 'object' || headers === null) return null
  const list: string[] = []
  for (const name in headers) {
    const value = (headers as Record<string, unknown>)[name]
    if (typeof value !== 'string' && typeof value !== 'number') return null
    list.push(name, String(value))
  }
  return list
}
