import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { App } from 'electron'

/** Makes the system start Switchyard at login, or no longer. Electron knows how on macOS and Windows; Linux has a file. */
export function setStartAtLogin(app: App, on: boolean): void {
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: on })
    return
  }
  const path = autostartFile(process.env, homedir())
  if (!on) {
    rmSync(path, { force: true })
    return
  }
  // An AppImage runs from a mount that is another one each time; its own path is in APPIMAGE.
  const command = [process.env.APPIMAGE ?? process.execPath, ...(app.isPackaged ? [] : [app.getAppPath()])]
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, autostartEntry(command))
}

/** Where the XDG autostart specification wants the entry. */
export function autostartFile(env: NodeJS.ProcessEnv, home: string): string {
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'autostart', 'switchyard.desktop')
}

/** A desktop entry; arguments are quoted as its specification asks. */
export function autostartEntry(command: string[]): string {
  const quoted = command.map(
    (part) =>
      `"${part
        .replace(/(["`$\\])/g, '\\$1')
        .replaceAll('\\', '\\\\')
        .replaceAll('%', '%%')}"`,
  )
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Switchyard',
    `Exec=${quoted.join(' ')}`,
    'Terminal=false',
    '',
  ].join('\n')
}
