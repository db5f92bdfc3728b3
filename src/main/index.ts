import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, clipboard, ipcMain, safeStorage, session, shell, type WebContents } from 'electron'
import type { Settings } from '#shared/settings.ts'
import { registerAppScheme, serveAppProtocol } from './desktop/app-protocol.ts'
import { chooseDataFolder } from './desktop/data-folder-choice.ts'
import { desktopArguments } from './desktop/desktop-arguments.ts'
import { desktopWords } from './desktop/desktop-words.ts'
import { openOutside } from './desktop/external-links.ts'
import { serveConnections } from './desktop/ipc.ts'
import { setApplicationMenu } from './desktop/menu.ts'
import { guardNavigation } from './desktop/navigation-guards.ts'
import { openVault } from './desktop/open-vault.ts'
import { guardPermissions } from './desktop/permissions.ts'
import { openPreferences } from './desktop/preferences.ts'
import { quitGracefully } from './desktop/quit.ts'
import { explainWindowFailure, recoverRenderer } from './desktop/renderer-recovery.ts'
import type { ShellActions } from './desktop/shell-actions.ts'
import { claimSingleInstance } from './desktop/single-instance.ts'
import { setStartAtLogin } from './desktop/start-at-login.ts'
import { type RunningEngine, startEngine } from './desktop/start-engine.ts'
import { explainStartFailure } from './desktop/start-failure.ts'
import { followTheme } from './desktop/theme.ts'
import { createTray } from './desktop/tray.ts'
import { createMainWindow, type MainWindow } from './desktop/window.ts'
// Not through engine/index.ts: that loads SQLite, and the window must not wait for it or fall with it.
import { defaultDataFolder } from './engine/data-folder/default-data-folder.ts'

// Electron's entry: what must precede `ready` first, then a list of what the app is made of.

const out = join(import.meta.dirname, '..')
const resources = app.isPackaged ? process.resourcesPath : join(app.getAppPath(), 'resources')
const asked = desktopArguments(process.argv.slice(1), process.env)

// On macOS and Windows Electron's own folder would be our data folder; what Chromium keeps does not belong there.
const userData = join(app.getPath('appData'), 'Switchyard', 'window')
// Electron takes only folders that are there.
mkdirSync(userData, { recursive: true })
app.setPath('userData', userData)
app.enableSandbox()
registerAppScheme()

let window: MainWindow | null = null
// The lock comes before preferences and data are touched: a second launch only brings the first one's window back.
if (claimSingleInstance(app, () => window?.show())) void boot()
else app.exit(0)

async function boot(): Promise<void> {
  const preferences = openPreferences()
  const dataFolder = asked.dataFolder ?? preferences.get().dataFolder ?? defaultDataFolder()
  let words = desktopWords('system', app.getLocale())
  let running: RunningEngine | null = null

  const isOurs = (contents: WebContents): boolean => window?.current()?.webContents === contents
  guardNavigation(app, (contents, address) => {
    if (isOurs(contents)) void openOutside(window?.current() ?? null, address, words)
  })

  const starting = startEngine({
    dataFolder,
    entryFolder: import.meta.dirname,
    resourcesFolder: resources,
    rendererFolder: join(out, 'renderer'),
    port: asked.port,
    version: app.getVersion(),
    openVault: openVault(app, safeStorage, process.platform),
  })
  quitGracefully(app, {
    async drain() {
      window?.retire()
      await (await starting).close()
    },
    capMs: 10_000,
    onStuck: () => running?.engine.log.error({}, 'quit without waiting any longer for running work'),
  })
  // Reported below; without this the wait for `ready` would leave the rejection unhandled.
  starting.catch(() => undefined)

  await app.whenReady()
  const setTheme = followTheme(preferences)
  guardPermissions(session.defaultSession)
  serveAppProtocol(session.defaultSession, join(out, 'renderer'))
  serveConnections(ipcMain, {
    isOurs,
    serve: async (port) => (await starting).servePort(port),
    onRefused: (reason) => running?.engine.log.warn(reason, 'refused a connection from a foreign page'),
  })
  recoverRenderer(app, {
    now: Date.now,
    isOurs,
    onGone: ({ reason, exitCode }, willReload) =>
      running?.engine.log.error({ reason, exitCode, willReload }, 'the window process went away'),
    onGivenUp: (contents) => void explainWindowFailure(contents, words),
  })

  window = createMainWindow({
    preload: join(out, 'preload', 'index.cjs'),
    icon: join(resources, 'icons', 'icon.png'),
    preferences,
    onLoadFailure: (error) => void explainStartFailure(app, error, dataFolder, words),
  })
  window.show()

  const actions: ShellActions = {
    showWindow: () => window?.show(),
    reloadWindow: () => window?.current()?.webContents.reload(),
    startsAtLogin: () => preferences.get().startAtLogin,
    setStartAtLogin(startAtLogin) {
      setStartAtLogin(app, startAtLogin)
      preferences.set({ startAtLogin })
    },
    openDataFolder: () => void shell.openPath(dataFolder),
    mayChooseDataFolder: asked.dataFolder === null,
    chooseDataFolder: () => void chooseDataFolder(app, window?.current() ?? null, preferences, words),
    gatewayUrl: () => running?.gatewayUrl,
    copyGatewayUrl: () => clipboard.writeText(running?.gatewayUrl ?? ''),
    quit: () => app.quit(),
  }
  setApplicationMenu(words, actions, process.platform)
  const tray = createTray(
    join(resources, 'icons', process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'),
    words,
    actions,
  )
  app.on('activate', () => window?.show())
  // The engine goes on serving its clients and finishing answers; the tray or another launch brings the window back.
  app.on('window-all-closed', () => undefined)

  try {
    running = await starting
  } catch (failure) {
    await explainStartFailure(app, failure, dataFolder, words)
    return
  }
  const { settings } = running.engine
  const follow = ({ language, theme }: Settings): void => {
    words = desktopWords(language, app.getLocale())
    setTheme(theme)
    setApplicationMenu(words, actions, process.platform)
    tray.refresh(words)
  }
  follow(settings.get())
  settings.onChange(follow)
}
