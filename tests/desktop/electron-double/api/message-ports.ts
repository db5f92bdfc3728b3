import { EventEmitter } from 'node:events'
import { handlers, tell } from './link.ts'

/** Ports whose other end lives in a page, by the number that the host knows them by. */
const remote = new Map<number, MessagePortMain>()
let nextId = 1

/** Strings and bytes are all that the contract sends; anything else is a mistake worth failing for. */
function checkPayload(data: unknown): void {
  if (typeof data !== 'string' && !(data instanceof Uint8Array) && !(data instanceof ArrayBuffer)) {
    throw new Error(`the Electron double copies strings and bytes through ports, not ${typeof data}`)
  }
}

class MessagePortMain extends EventEmitter {
  /** The near end's partner, while both are in this process. */
  partner: MessagePortMain | null = null
  private started = false
  private closed = false
  private queue: unknown[] = []
  private pageId: number | null = null

  start(): void {
    this.started = true
    for (const data of this.queue.splice(0)) this.emit('message', { data, ports: [] })
  }
  postMessage(data: unknown): void {
    if (this.closed) return
    checkPayload(data)
    const far = this.partner
    if (far === null) return
    if (far.pageId !== null) tell('port.message', far.pageId, data)
    else queueMicrotask(() => far.deliver(data))
  }
  close(): void {
    if (this.closed) return
    this.closed = true
    const far = this.partner
    if (far !== null && far.pageId !== null) tell('port.close', far.pageId)
    if (far !== null) queueMicrotask(() => far.disconnect())
  }
  deliver(data: unknown): void {
    if (this.closed) return
    if (this.started) this.emit('message', { data, ports: [] })
    else this.queue.push(data)
  }
  disconnect(): void {
    if (this.closed) return
    this.closed = true
    this.emit('close')
  }

  /** Moves this end into a page; what was queued here goes along. */
  transfer(): number {
    this.pageId = nextId++
    remote.set(this.pageId, this)
    const queued = this.queue.splice(0)
    const id = this.pageId
    queueMicrotask(() => {
      for (const data of queued) tell('port.message', id, data)
    })
    return id
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain()
  readonly port2 = new MessagePortMain()
  constructor() {
    this.port1.partner = this.port2
    this.port2.partner = this.port1
  }
}

/** Numbers for ports that go along with a message to a page. */
export function transferPorts(ports: readonly MessagePortMain[] = []): number[] {
  return ports.map((port) => port.transfer())
}

handlers['port.fromPage'] = (id: number, data: unknown) => remote.get(id)?.partner?.deliver(data)
handlers['port.closedInPage'] = (id: number) => {
  remote.get(id)?.partner?.disconnect()
  remote.delete(id)
}
