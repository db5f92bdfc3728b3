import { EventEmitter } from 'node:events'
import { config, handlers, record } from './link.ts'

interface MenuItem {
  label?: string
  role?: string
  type?: string
  checked?: boolean
  enabled?: boolean
  submenu?: MenuItem[]
  click?: (item: MenuItem) => void
}
interface BuiltMenu {
  template: MenuItem[]
}

/** The template as plain data. */
function outline(template: MenuItem[]): unknown[] {
  return template.map(({ click: _click, submenu, ...item }) =>
    submenu === undefined ? item : { ...item, submenu: outline(submenu) },
  )
}

let applicationMenu: BuiltMenu | null = null
let trayMenu: BuiltMenu | null = null

export const Menu = {
  buildFromTemplate: (template: MenuItem[]): BuiltMenu => ({ template }),
  setApplicationMenu(menu: BuiltMenu | null): void {
    applicationMenu = menu
    record.menu = outline(menu?.template ?? [])
  },
}

export class Tray extends EventEmitter {
  constructor(image: { path: string }) {
    super()
    record.trayIcons.push(image.path)
    handlers['tray.click'] = () => this.emit('click')
  }
  setToolTip(): void {
    // Shown by the system.
  }
  setContextMenu(menu: BuiltMenu): void {
    trayMenu = menu
    record.trayMenu = outline(menu.template)
  }
  destroy(): void {
    trayMenu = null
  }
}

export const nativeImage = {
  createFromPath: (path: string) => ({ path, setTemplateImage: () => undefined, isEmpty: () => false }),
}

export const nativeTheme = {
  get themeSource(): string {
    return record.themeSource
  },
  set themeSource(source: string) {
    record.themeSource = source
  },
  get shouldUseDarkColors(): boolean {
    return record.themeSource === 'dark' || (record.themeSource === 'system' && config.prefersDark === true)
  },
}

export const screen = {
  getAllDisplays: () =>
    (config.displays ?? [{ x: 0, y: 0, width: 1920, height: 1040 }]).map((workArea) => ({ workArea })),
}

type Box = { message: string; detail?: string; buttons?: string[] }
export const dialog = {
  async showMessageBox(...args: [Box] | [unknown, Box]): Promise<{ response: number }> {
    const { message, detail, buttons } = (args.length === 1 ? args[0] : args[1]) as Box
    record.messageBoxes.push({
      message,
      ...(detail === undefined ? {} : { detail }),
      ...(buttons === undefined ? {} : { buttons }),
    })
    return { response: config.dialogResponse ?? 0 }
  },
  async showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    const folder = config.pickedFolder
    return folder === undefined ? { canceled: true, filePaths: [] } : { canceled: false, filePaths: [folder] }
  },
}

export const shell = {
  async openExternal(url: string): Promise<void> {
    record.openedOutside.push(url)
  },
  async openPath(path: string): Promise<string> {
    record.openedPaths.push(path)
    return ''
  },
}

export const clipboard = {
  writeText(text: string): void {
    record.clipboard = text
  },
}

/** Clicks through a menu by its labels, as a person would. */
function click(menu: BuiltMenu | null, labels: string[]): void {
  let items = menu?.template ?? []
  for (const [index, label] of labels.entries()) {
    const item = items.find((candidate) => candidate.label === label)
    if (item === undefined) throw new Error(`no menu entry ${labels.slice(0, index + 1).join(' > ')}`)
    if (item.enabled === false) throw new Error(`${label} is disabled`)
    if (index === labels.length - 1) item.click?.({ ...item, checked: item.checked !== true })
    items = item.submenu ?? []
  }
}
handlers['menu.click'] = (...labels: string[]) => click(applicationMenu, labels)
handlers['tray.menuClick'] = (...labels: string[]) => click(trayMenu, labels)
handlers.configure = (patch: object) => Object.assign(config, patch)
