import { useEffect, useRef } from 'react'
import type { ConnectionState, ConnectionView } from '#shared/connections.ts'
import { onReconnect } from '../../stores/connection-store.ts'
import { forgetFailure, forgetFailures } from './use-connection-actions.ts'

/**
 * Takes failed actions off their cells once they say nothing about now: when the connection's state is another one, when
 * the engine is back, and when the page is left.
 */
export function useOldFailures(views: readonly ConnectionView[] | undefined): void {
  const states = useRef<ReadonlyMap<string, ConnectionState>>(new Map())
  useEffect(() => {
    if (views === undefined) return
    for (const { id, health } of views) {
      const before = states.current.get(id)
      if (before !== undefined && before !== health.state) forgetFailure(id)
    }
    states.current = new Map(views.map(({ id, health }) => [id, health.state]))
  }, [views])
  useEffect(() => {
    const unfollow = onReconnect(forgetFailures)
    return () => {
      unfollow()
      forgetFailures()
    }
  }, [])
}
