import { EventEmitter } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { config, createEvent, handlers, record } from './link.ts'

class App extends EventEmitter {
  readonly isPackaged = false
  readonly name = 'Switchyard'
  private ready = false
  private quitting = false
  private readonly paths = new Map<string, string>()

  constructor() {
    super()
    // Electron is ready only after the main module has run; a microtask would be too early.
    setImmediate(() => {
      this.ready = true
      record.order.push('ready')
      this.emit('ready')
    })
  }

  isReady(): boolean {
    return this.ready
  }
  async whenReady(): Promise<void> {
    if (!this.ready) await new Promise((resolve) => this.once('ready', resolve))
  }
  enableSandbox(): void {
    if (this.ready) throw new Error('app.enableSandbox() can only be called before app is ready')
    record.sandboxEnabled = true
  }
  getPath(name: string): string {
    if (name === 'appData') return config.appData
    return this.paths.get(name) ?? join(config.appData, name)
  }
  setPath(name: string, path: string): void {
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`)
    record.order.push(`set ${name}`)
    this.paths.set(name, path)
  }
  getAppPath(): string {
    return process.cwd()
  }
  getVersion(): string {
    return process.env.npm_package_version ?? '0.0.0'
  }
  getName(): string {
    return this.name
  }
  getLocale(): string {
    return config.locale ?? 'en-US'
  }
  setAppUserModelId(): void {
    // Windows only.
  }
  setLoginItemSettings(settings: unknown): void {
    record.loginItem = settings
  }
  relaunch(): void {
    record.relaunches += 1
  }

  /** A lock file in user data; a second process leaves a note beside it, which the first one watches for. */
  requestSingleInstanceLock(): boolean {
    record.order.push('single-instance-lock')
    const folder = this.getPath('userData')
    mkdirSync(folder, { recursive: true })
    const lock = join(folder, 'SingletonLock')
    const note = 'SecondLaunch'
    try {
      closeSync(openSync(lock, 'wx'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      writeFileSync(join(folder, note), JSON.stringify(process.argv))
      return false
    }
    process.on('exit', () => rmSync(lock, { force: true }))
    watch(folder, (_kind, name) => {
      if (name !== note) return
      rmSync(join(folder, note), { force: true })
      this.emit('second-instance', createEvent({}), [], process.cwd())
    }).unref()
    return true
  }

  quit(): void {
    if (this.quitting) return
    this.quitting = true
    const event = createEvent({})
    this.emit('before-quit', event)
    this.quitting = false
    if (!event.defaultPrevented) this.exit(0)
  }
  exit(code = 0): void {
    process.exit(code)
  }
}

export const app = new App()

handlers['app.quit'] = () => app.quit()
handlers['app.emit'] = (name: string) => app.emit(name, createEvent({}))
