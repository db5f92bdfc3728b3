import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { ipcMain } from './ipc-main.ts'
import { createEvent, handlers, tell } from './link.ts'
import { transferPorts } from './message-ports.ts'

type OpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' }

const all = new Map<number, WebContents>()
let nextId = 1

/** What the host says about the frame that a message came from. */
export interface FrameFacts {
  url: string
  origin: string
  isTop: boolean
}

export class WebContents extends EventEmitter {
  readonly id = nextId++
  private openHandler: OpenHandler | null = null
  private url = ''
  private gone = false

  constructor() {
    super()
    all.set(this.id, this)
    app.emit('web-contents-created', createEvent({}), this)
  }
  getURL(): string {
    return this.url
  }
  isDestroyed(): boolean {
    return this.gone
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
  decideOpen(url: string): string {
    return this.openHandler?.({ url }).action ?? 'allow'
  }
  reload(): void {
    tell('contents.reload', this.id)
  }
  postMessage(channel: string, message: unknown, transfer?: Parameters<typeof transferPorts>[0]): void {
    tell('contents.deliver', this.id, channel, message, transferPorts(transfer))
  }
  committed(url: string): void {
    this.url = url
  }
  destroy(): void {
    this.gone = true
    all.delete(this.id)
    this.emit('destroyed')
  }
}

function find(id: number): WebContents {
  const contents = all.get(id)
  if (contents === undefined) throw new Error(`no web contents ${id}`)
  return contents
}

handlers['contents.willNavigate'] = (id: number, url: string, isMainFrame: boolean) => {
  const contents = find(id)
  const event = createEvent({ url, isMainFrame })
  contents.emit('will-frame-navigate', event)
  if (isMainFrame) contents.emit('will-navigate', event)
  return event.defaultPrevented
}
handlers['contents.windowOpen'] = (id: number, url: string) => find(id).decideOpen(url)
handlers['contents.attachWebview'] = (id: number) => {
  const event = createEvent({})
  find(id).emit('will-attach-webview', event)
  return event.defaultPrevented
}
handlers['contents.committed'] = (id: number, url: string) => find(id).committed(url)
handlers['contents.emit'] = (id: number, name: string) => find(id).emit(name, createEvent({}))
handlers['contents.gone'] = (id: number, reason: string) => {
  const contents = find(id)
  contents.emit('render-process-gone', createEvent({}), { reason, exitCode: 1 })
  app.emit('render-process-gone', createEvent({}), contents, { reason, exitCode: 1 })
}
handlers['contents.ipc'] = (id: number, channel: string, args: unknown[], frame: FrameFacts) => {
  // A message may come from contents that were never a window of the application: the id 0.
  const sender = all.get(id) ?? new WebContents()
  const senderFrame = {
    url: frame.url,
    origin: frame.origin,
    parent: frame.isTop ? null : {},
    detached: false,
    postMessage: (...message: [string, unknown, Parameters<typeof transferPorts>[0]]) => sender.postMessage(...message),
  }
  ipcMain.emit(channel, createEvent({ sender, senderFrame, ports: [] }), ...args)
}
