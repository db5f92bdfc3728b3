import { contextBridge, ipcRenderer, webUtils } from 'electron'

// The only privileged code in a window's process, so it decides nothing: it names the platform, turns a dropped file
// into its path, and hands the engine's message port over. Its two channel names are those of src/main/desktop/ipc.ts.

contextBridge.exposeInMainWorld('switchyard', {
  desktop: true,
  platform: process.platform,
  pathForFile: (file: File): string => webUtils.getPathForFile(file),
})

window.addEventListener('message', (event) => {
  if (event.source !== window || event.origin !== location.origin) return
  if ((event.data as { type?: unknown } | null)?.type === 'switchyard:connect') ipcRenderer.send('switchyard:connect')
})

ipcRenderer.on('switchyard:port', (event) => {
  // A port cannot cross contextBridge; posting it to our own window is Electron's documented way.
  window.postMessage({ type: 'switchyard:port' }, location.origin, event.ports)
})
