// The part of Electron's main-process API that the application uses, under Electron's names.
export { app } from './app.ts'
export { BrowserWindow } from './browser-window.ts'
export { clipboard, dialog, Menu, nativeImage, nativeTheme, screen, shell, Tray } from './desktop-parts.ts'
export { ipcMain } from './ipc-main.ts'
export { MessageChannelMain } from './message-ports.ts'
export { safeStorage } from './safe-storage.ts'
export { protocol, session } from './session.ts'
