import { create } from 'zustand'
import type { ConnectionState } from '../bridge/follow-events.ts'

/** Whether this window hears its engine. */
export const useConnectionStore = create<{ connection: ConnectionState }>(() => ({
  connection: { state: 'connecting', since: Date.now() },
}))
