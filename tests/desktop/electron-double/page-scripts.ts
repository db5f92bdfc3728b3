/** Name of the isolated world that the preload runs in. */
export const PRELOAD_WORLD = 'electron-preload'
/** Name of the function that only that world has, to speak to the host. */
export const BINDING = '__electronDouble'

/** Runs first in the page's own world: puts up what the preload exposes, as contextBridge does. */
export const mainWorldScript = `(() => {
  if (window.top !== window) return
  addEventListener('electron-double:expose', (event) => {
    const { key, api } = JSON.parse(event.detail)
    const exposed = {}
    for (const [name, value] of Object.entries(api)) {
      exposed[name] = value !== null && value.fn === true ? (...args) => call(key, name, args) : value.data
    }
    Object.defineProperty(window, key, { value: Object.freeze(exposed), enumerable: true })
  })
  function call(key, name, args) {
    let outcome
    addEventListener('electron-double:result', (event) => { outcome = JSON.parse(event.detail) }, { once: true })
    // Only files and plain values cross; a file goes as its name, which is all the double knows of it.
    const flat = args.map((arg) => (arg instanceof File ? { file: arg.name } : { data: arg }))
    dispatchEvent(new CustomEvent('electron-double:call', { detail: JSON.stringify({ key, name, args: flat }) }))
    if (outcome.error !== undefined) throw new Error(outcome.error)
    return outcome.value
  }
})()`

/** The preload in its own world, with Electron's renderer API of a sandboxed preload. */
export function preloadScript(preload: string, platform: string, filePaths: Record<string, string>): string {
  return `(() => {
  if (window.top !== window) return
  const toHost = globalThis.${BINDING}
  const send = (message) => toHost(JSON.stringify(message))
  const exposed = new Map()
  const listeners = new Map()
  const ports = new Map()
  const filePaths = ${JSON.stringify(filePaths)}

  addEventListener('electron-double:call', (event) => {
    const { key, name, args } = JSON.parse(event.detail)
    let outcome
    try { outcome = { value: exposed.get(key)[name](...args.map((arg) => arg.file ?? arg.data)) } }
    catch (error) { outcome = { error: String(error.message) } }
    dispatchEvent(new CustomEvent('electron-double:result', { detail: JSON.stringify(outcome) }))
  })

  function bridge(id, port) {
    ports.set(id, port)
    port.onmessage = ({ data }) => {
      if (typeof data === 'string') send({ type: 'port', id, text: data })
      else send({ type: 'port', id, base64: new Uint8Array(data.buffer ?? data, data.byteOffset, data.byteLength).toBase64() })
    }
    port.addEventListener('close', () => { ports.delete(id); send({ type: 'close', id }) })
  }

  globalThis.__fromHost = {
    deliver(channel, message, portIds) {
      const far = portIds.map((id) => {
        const { port1, port2 } = new MessageChannel()
        bridge(id, port1)
        return port2
      })
      for (const listener of listeners.get(channel) ?? []) listener({ ports: far, senderId: 0 }, message)
    },
    port(id, text, base64) { ports.get(id)?.postMessage(text ?? Uint8Array.fromBase64(base64)) },
    close(id) { ports.get(id)?.close(); ports.delete(id) },
  }

  const electron = {
    contextBridge: {
      exposeInMainWorld(key, api) {
        exposed.set(key, api)
        const flat = Object.entries(api).map(([name, value]) => [name, typeof value === 'function' ? { fn: true } : { data: value }])
        dispatchEvent(new CustomEvent('electron-double:expose', { detail: JSON.stringify({ key, api: Object.fromEntries(flat) }) }))
      },
    },
    ipcRenderer: {
      on(channel, listener) { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]) },
      send(channel, ...args) { send({ type: 'ipc', channel, args }) },
    },
    webUtils: { getPathForFile: (name) => filePaths[name] ?? '' },
  }
  const require = (name) => {
    if (name === 'electron') return electron
    throw new Error('a sandboxed preload cannot require ' + name)
  }
  const process = { platform: ${JSON.stringify(platform)} }
  const module = { exports: {} }
  ;(function (require, process, module, exports) {
${preload}
  })(require, process, module, module.exports)
})()`
}
