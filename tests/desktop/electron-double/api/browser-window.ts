import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { createEvent, handlers, host, record, tell } from './link.ts'
import { WebContents } from './web-contents.ts'

interface WindowOptions {
  width?: number
  height?: number
  x?: number
  y?: number
  show?: boolean
  webPreferences?: { preload?: string }
}

const windows = new Map<number, BrowserWindow>()

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  readonly id = this.webContents.id
  private bounds: { x: number; y: number; width: number; height: number }
  private state = { visible: true, focused: false, minimized: false, maximized: false }
  private readonly created: Promise<unknown>

  constructor(options: WindowOptions) {
    super()
    const { width = 800, height = 600, x = 0, y = 0 } = options
    this.bounds = { x, y, width, height }
    this.state.visible = options.show !== false
    record.windows.push(options)
    windows.set(this.id, this)
    this.created = host.call('window.create', this.id, {
      width,
      height,
      preload: options.webPreferences?.preload ?? null,
    })
  }
  static getAllWindows(): BrowserWindow[] {
    return [...windows.values()]
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return windows.get(contents.id) ?? null
  }
  async loadURL(url: string): Promise<void> {
    await this.created
    await host.call('contents.load', this.id, url)
  }
  show(): void {
    this.state.visible = true
    this.focus()
  }
  hide(): void {
    this.state.visible = false
  }
  focus(): void {
    this.state.focused = true
    tell('window.focused', this.id)
  }
  restore(): void {
    this.state.minimized = false
  }
  maximize(): void {
    this.state.maximized = true
  }
  isMinimized(): boolean {
    return this.state.minimized
  }
  isMaximized(): boolean {
    return this.state.maximized
  }
  isDestroyed(): boolean {
    return !windows.has(this.id)
  }
  getNormalBounds() {
    return this.bounds
  }
  setBounds(bounds: { x: number; y: number; width: number; height: number }): void {
    this.bounds = bounds
  }
  minimize(): void {
    this.state.minimized = true
    this.state.focused = false
  }
  look() {
    return { ...this.state, bounds: this.bounds }
  }
  close(): void {
    const event = createEvent({})
    this.emit('close', event)
    if (event.defaultPrevented) return
    windows.delete(this.id)
    tell('window.destroy', this.id)
    this.webContents.destroy()
    this.emit('closed')
    if (windows.size > 0) return
    if (app.listenerCount('window-all-closed') === 0) app.quit()
    else app.emit('window-all-closed')
  }
}

function find(id: number): BrowserWindow {
  const window = windows.get(id)
  if (window === undefined) throw new Error(`no window ${id}`)
  return window
}

handlers['window.close'] = (id: number) => find(id).close()
handlers['window.minimize'] = (id: number) => find(id).minimize()
handlers['window.setBounds'] = (id: number, bounds: { x: number; y: number; width: number; height: number }) =>
  find(id).setBounds(bounds)
handlers['window.look'] = (id: number) => find(id).look()
handlers['window.readyToShow'] = (id: number) => find(id).emit('ready-to-show')
