import { type IpcMain, type IpcMainEvent, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import { isTrustedSender } from './trusted-sender.ts'

/** The one channel between window and engine: the window asks on CONNECT, a port comes back on PORT. */
export const CONNECT = 'switchyard:connect'
export const PORT = 'switchyard:port'

interface ConnectOptions {
  /** Whether these web contents belong to a window that we made. */
  isOurs: (contents: WebContents) => boolean
  /** Serves the contract on a port; resolves once it is served. Waits for the engine while that starts. */
  serve: (port: MessagePortMain) => Promise<void>
  onRefused: (reason: { url: string; topFrame: boolean }) => void
}

/**
 * Answers CONNECT from our own page with a fresh message port on which the contract is served. Each window has at most
 * one: a page that goes away closes its end by itself, and asking again (as a reloaded page does), a crash or closing the
 * window ends the earlier one here. Navigation events are no help: they also come for navigations that are then refused.
 */
export function serveConnections(ipc: IpcMain, options: ConnectOptions): void {
  const ports = new Map<number, MessagePortMain>()
  const watched = new WeakSet<WebContents>()

  function closePort(id: number): void {
    ports.get(id)?.close()
    ports.delete(id)
  }

  ipc.on(CONNECT, (event: IpcMainEvent) => {
    const { sender, senderFrame } = event
    if (!isTrustedSender(event, options.isOurs) || senderFrame === null) {
      options.onRefused({ url: senderFrame?.url ?? '', topFrame: senderFrame?.parent === null })
      return
    }
    closePort(sender.id)
    if (!watched.has(sender)) {
      watched.add(sender)
      const { id } = sender
      sender.on('render-process-gone', () => closePort(id))
      sender.once('destroyed', () => closePort(id))
    }
    const { port1, port2 } = new MessageChannelMain()
    ports.set(sender.id, port1)
    // The far end goes over at once, so that the window's calls wait in the port while the engine starts.
    senderFrame.postMessage(PORT, null, [port2])
    void options.serve(port1).catch(() => closePort(sender.id))
  })
}
