import { Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron'
import type { DesktopWords } from './desktop-words.ts'
import type { ShellActions } from './shell-actions.ts'

/** The tray icon: Switchyard goes on serving its clients while the window is closed, and this shows that it does. */
export interface TrayIcon {
  /** Shows the present language and gateway address. */
  refresh(words: DesktopWords): void
}

/** Puts the icon (a PNG) into the tray. */
export function createTray(icon: string, words: DesktopWords, actions: ShellActions): TrayIcon {
  const tray = new Tray(nativeImage.createFromPath(icon))
  tray.setToolTip('Switchyard')
  tray.on('click', () => actions.showWindow())
  const refresh = (now: DesktopWords) => tray.setContextMenu(Menu.buildFromTemplate(trayTemplate(now, actions)))
  refresh(words)
  return { refresh }
}

/** The tray's menu: the way back to the window, where clients connect, and the way out. */
export function trayTemplate(words: DesktopWords, actions: ShellActions): MenuItemConstructorOptions[] {
  const url = actions.gatewayUrl()
  return [
    { label: words.showWindow, click: () => actions.showWindow() },
    { type: 'separator' },
    {
      label: url === undefined ? words.gatewayStarting : url === null ? words.gatewayDown : words.gatewayAt(url),
      enabled: false,
    },
    { label: words.copyAddress, enabled: typeof url === 'string', click: () => actions.copyGatewayUrl() },
    { type: 'separator' },
    { label: words.quit, click: () => actions.quit() },
  ]
}
