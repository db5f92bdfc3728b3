import { EventEmitter } from 'node:events'
import { record } from './link.ts'

class IpcMain extends EventEmitter {
  override on(channel: string, listener: (...args: never[]) => void): this {
    record.ipcChannels = [...record.ipcChannels, channel]
    return super.on(channel, listener as (...args: unknown[]) => void)
  }
  override removeAllListeners(channel?: string): this {
    record.ipcChannels = channel === undefined ? [] : record.ipcChannels.filter((name) => name !== channel)
    return super.removeAllListeners(channel)
  }
  handle(channel: string): void {
    record.ipcChannels = [...record.ipcChannels, channel]
  }
}
export const ipcMain = new IpcMain()
