import { CONFIG_VARIABLE, type DoubleConfig } from '../config.ts'
import { createPeer, type Envelope, type Handlers } from '../peer.ts'

export const config: DoubleConfig = JSON.parse(process.env[CONFIG_VARIABLE] ?? 'null')
if (config === null || process.send === undefined) throw new Error('The Electron double runs only under its host.')

/** What the host may call here; each part of the API adds its own. */
export const handlers: Handlers = {}

/** The host: the side with the Chromium page. */
export const host = createPeer((envelope) => process.send?.(envelope), handlers)
process.on('message', (envelope: Envelope) => host.receive(envelope))

/** A notice to the host whose answer nobody waits for. */
export function tell(method: string, ...args: unknown[]): void {
  host.call(method, ...args).catch((error: unknown) => {
    process.stderr.write(`electron double: ${method}: ${error instanceof Error ? error.message : error}\n`)
  })
}

/** What the application asked of Electron, for the tests to look at. Plain data only. */
export const record = {
  order: [] as string[],
  schemes: [] as unknown[],
  sandboxEnabled: false,
  windows: [] as unknown[],
  messageBoxes: [] as { message: string; detail?: string; buttons?: string[] }[],
  openedOutside: [] as string[],
  openedPaths: [] as string[],
  clipboard: '',
  loginItem: null as unknown,
  themeSource: 'system',
  menu: [] as unknown[],
  trayMenu: [] as unknown[],
  trayIcons: [] as string[],
  ipcChannels: [] as string[],
  relaunches: 0,
}
handlers.record = () => record

/** Electron's event object. */
export function createEvent<Fields extends object>(fields: Fields) {
  return Object.assign(
    {
      defaultPrevented: false,
      preventDefault() {
        this.defaultPrevented = true
      },
    },
    fields,
  )
}
