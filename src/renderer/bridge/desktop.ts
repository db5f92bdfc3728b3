/** What the preload puts on `window` in the Electron shell; absent in a browser. */
export interface DesktopBridge {
  readonly desktop: true
  readonly platform: string
  /** The absolute path behind a dropped or chosen file; empty if the file has none. */
  pathForFile(file: File): string
}

declare global {
  interface Window {
    switchyard?: DesktopBridge
  }
}

/** The desktop shell's bridge, or null in a browser. */
export function desktop(): DesktopBridge | null {
  return globalThis.window?.switchyard?.desktop === true ? globalThis.window.switchyard : null
}
