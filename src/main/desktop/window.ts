import { BrowserWindow, nativeTheme, screen } from 'electron'
import { APP_URL } from './app-origin.ts'
import type { PreferenceStore } from './preferences.ts'
import { secureWebPreferences } from './secure-web-preferences.ts'
import { placeWindow, SMALLEST_WINDOW } from './window-bounds.ts'

/** The paper colours of the two themes (`--bg` of the renderer's tokens), so that the first frame has no flash. */
const paper = { light: '#fcfaf6', dark: '#1a1713' }

interface WindowOptions {
  preload: string
  icon: string
  preferences: PreferenceStore
  /** The page itself could not be loaded: the installation is damaged. */
  onLoadFailure: (error: Error) => void
}

/** The one window: made when wanted, brought back when hidden, remembered where it was. */
export interface MainWindow {
  /** Null while there is none. */
  current(): BrowserWindow | null
  /** Opens it, or brings it to the front. */
  show(): void
  /** Remembers its place and hides it, before the app exits without closing it. */
  retire(): void
}

/** Makes the window on the first `show`. Closing it leaves the engine and its streams alone. */
export function createMainWindow(options: WindowOptions): MainWindow {
  let window: BrowserWindow | null = null

  function open(): BrowserWindow {
    const { preferences } = options
    const saved = preferences.get().window
    const opened = new BrowserWindow({
      ...placeWindow(
        saved?.bounds ?? null,
        screen.getAllDisplays().map((display) => display.workArea),
      ),
      minWidth: SMALLEST_WINDOW.width,
      minHeight: SMALLEST_WINDOW.height,
      show: false,
      title: 'Switchyard',
      icon: options.icon,
      backgroundColor: paper[nativeTheme.shouldUseDarkColors ? 'dark' : 'light'],
      webPreferences: secureWebPreferences(options.preload),
    })
    opened.once('ready-to-show', () => {
      if (saved?.maximized) opened.maximize()
      opened.show()
    })
    // On `close` the window still has its bounds.
    opened.on('close', () => remember(opened))
    opened.once('closed', () => {
      if (window === opened) window = null
    })
    opened.loadURL(APP_URL).catch((error: NodeJS.ErrnoException) => {
      // A load that a reload or closing overtook is no failure.
      if (error.code !== 'ERR_ABORTED' && !opened.isDestroyed()) options.onLoadFailure(error)
    })
    return opened
  }

  function remember(shown: BrowserWindow): void {
    // The bounds of the normal state outlive maximising.
    options.preferences.set({ window: { bounds: shown.getNormalBounds(), maximized: shown.isMaximized() } })
  }

  return {
    current: () => window,
    show() {
      if (window === null) {
        window = open()
        return
      }
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
    retire() {
      if (window === null) return
      remember(window)
      window.hide()
    },
  }
}
