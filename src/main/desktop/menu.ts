import { Menu, type MenuItemConstructorOptions } from 'electron'
import type { DesktopWords } from './desktop-words.ts'
import type { ShellActions } from './shell-actions.ts'

/** Sets the application menu. Called again when the language changes. */
export function setApplicationMenu(words: DesktopWords, actions: ShellActions, platform: NodeJS.Platform): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(words, actions, platform)))
}

/** The application menu; editing and window entries use Electron's roles, so that their keys are the platform's own. */
export function menuTemplate(
  words: DesktopWords,
  actions: ShellActions,
  platform: NodeJS.Platform,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin'
  const separator = { type: 'separator' as const }
  const settings: MenuItemConstructorOptions[] = [
    {
      label: words.startAtLogin,
      type: 'checkbox',
      checked: actions.startsAtLogin(),
      click: (item) => actions.setStartAtLogin(item.checked),
    },
    { label: words.openDataFolder, click: () => actions.openDataFolder() },
    {
      label: words.chooseDataFolder,
      enabled: actions.mayChooseDataFolder,
      click: () => actions.chooseDataFolder(),
    },
  ]
  const quit: MenuItemConstructorOptions = {
    label: words.quit,
    accelerator: 'CommandOrControl+Q',
    click: () => actions.quit(),
  }
  return [
    ...(isMac
      ? [
          {
            label: 'Switchyard',
            submenu: [
              { role: 'about' as const, label: words.about },
              separator,
              ...settings,
              separator,
              { role: 'hide' as const },
              { role: 'hideOthers' as const },
              { role: 'unhide' as const },
              separator,
              quit,
            ],
          },
        ]
      : []),
    {
      label: words.file,
      submenu: [
        { label: words.newWindow, accelerator: 'CommandOrControl+Shift+N', click: () => actions.showWindow() },
        { role: 'close', label: words.closeWindow },
        ...(isMac ? [] : [separator, ...settings, separator, quit]),
      ],
    },
    {
      label: words.edit,
      submenu: [
        { role: 'undo', label: words.undo },
        { role: 'redo', label: words.redo },
        separator,
        { role: 'cut', label: words.cut },
        { role: 'copy', label: words.copy },
        { role: 'paste', label: words.paste },
        { role: 'selectAll', label: words.selectAll },
      ],
    },
    {
      label: words.view,
      submenu: [
        { label: words.reload, accelerator: 'CommandOrControl+Shift+R', click: () => actions.reloadWindow() },
        separator,
        { role: 'resetZoom', label: words.actualSize },
        { role: 'zoomIn', label: words.zoomIn },
        { role: 'zoomOut', label: words.zoomOut },
        separator,
        { role: 'togglefullscreen', label: words.fullScreen },
        { role: 'toggleDevTools', label: words.developerTools },
      ],
    },
    { role: 'windowMenu', label: words.window },
  ]
}
