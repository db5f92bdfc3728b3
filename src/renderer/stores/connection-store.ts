import { create } from 'zustand'
import type { ConnectionState } from '../bridge/follow-events.ts'

/** Whether this window hears its engine. */
export const useConnectionStore = create<{ connection: ConnectionState }>(() => ({
  connection: { state: 'connecting', since: Date.now() },
}))

/** Calls back each time the engine is heard again. Returns the way to stop. */
export function onReconnect(run: () => void): () => void {
  return useConnectionStore.subscribe(({ connection }, before) => {
    if (connection.state === 'connected' && before.connection.state !== 'connected') run()
  })
}
