import type { QueryClient } from '@tanstack/react-query'
import type { UiEvent } from '#shared/app-info.ts'
import { useConnectionStore } from '../stores/connection-store.ts'
import { client, reopen } from './client.ts'
import { followEvents } from './follow-events.ts'
import { applyEvent } from './queries.ts'
import { whenMember } from './session.ts'

const listeners = new Set<(event: UiEvent) => void>()
let wake: () => void = () => undefined

/** Hears every engine event. Returns the way to stop. */
export function onEngineEvent(listener: (event: UiEvent) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Tries at once instead of waiting for the next attempt. */
export function reconnectNow(): void {
  wake()
}

/** Follows the engine until the returned function is called: events mark queries stale, a reconnect refreshes all. */
export function startFollowing(queries: QueryClient): () => void {
  const stop = new AbortController()
  const wakeUp = (): void => wake()
  addEventListener('online', wakeUp)
  void followEvents(
    {
      async open(signal) {
        // A visitor has nothing to hear yet.
        await whenMember(signal)
        return client.app.events(undefined, { signal })
      },
      reset: reopen,
      onEvent(event) {
        applyEvent(queries, event)
        for (const listener of listeners) listener(event)
      },
      onState(state) {
        const before = useConnectionStore.getState().connection.state
        useConnectionStore.setState({ connection: state })
        if (state.state === 'connected' && before === 'reconnecting') void queries.invalidateQueries()
        // A query that failed before the engine was up is asked again once it is.
        else if (state.state === 'connected')
          void queries.refetchQueries({ predicate: (q) => q.state.status === 'error' })
      },
      wait,
      now: Date.now,
    },
    stop.signal,
  )
  return () => {
    removeEventListener('online', wakeUp)
    stop.abort()
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      wake = () => undefined
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    wake = done
  })
}
