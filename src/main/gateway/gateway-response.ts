import { type IncomingMessage, ServerResponse } from 'node:http'

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
  /** Headers that every answer has, names and values in turn. An answer's own win, except in a list: that must not repeat them. */
  common: readonly string[] = NONE
  /** At most one at a time: whoever answers. */
  watcher: ResponseWatcher | null = null

  // Node calls it without arguments beyond the status where an answer begins without one.
  override writeHead(status: number, ...rest: unknown[]): this {
    const [headers] = rest
    if (rest.length === 1 && isFlatList(headers) && this.getHeaderNames().length === 0) {
      return super.writeHead(status, [...this.common, ...headers])
    }
    for (let index = 0; index < this.common.length; index += 2) {
      const [name = '', value = ''] = [this.common[index], this.common[index + 1]]
      if (!this.headersSent && !this.hasHeader(name)) this.setHeader(name, value)
    }
    return Reflect.apply(super.writeHead, this, [status, ...rest]) as this
  }
}

function isFlatList(headers: unknown): headers is string[] {
  return Array.isArray(headers) && typeof headers[0] === 'string'
}
