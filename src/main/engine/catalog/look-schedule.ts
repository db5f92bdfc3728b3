import type { Clock } from '../spec/clock.ts'
import type { Connection, ConnectionSet, HealthBoard } from '../spec/connections.ts'

interface LookScheduleOptions {
  connections: ConnectionSet
  health: HealthBoard
  clock: Clock
  look(connectionId: string): Promise<void>
}

/** When each connection is looked at again. */
export interface LookSchedule {
  /** Plans the next look of a connection that has just been looked at. */
  lookedAt(connectionId: string): void
  forget(connectionId: string): void
  close(): void
}

/** Seconds between looks: close ones are cheap to ask and change often; far ones may count each request. */
const SECONDS = { here: 10, near: 10, away: 60 } as const
/** One that is down is asked more often, so that its return shows soon. */
const SECONDS_WHEN_DOWN = 10

/** Plans looks after one another, never two at once for one connection. The built-in connection tells its changes itself. */
export function createLookSchedule({ connections, health, clock, look }: LookScheduleOptions): LookSchedule {
  const timers = new Map<string, { cancel(): void }>()

  function forget(id: string): void {
    timers.get(id)?.cancel()
    timers.delete(id)
  }

  return {
    lookedAt(id) {
      forget(id)
      const connection = connections.find(id)
      if (connection === null || connection.config === null) return
      const ms = lookInterval(connection, health.get(id).state === 'down') * 1000
      health.planned(id, clock.now() + ms)
      timers.set(
        id,
        clock.setTimeout(() => {
          timers.delete(id)
          void look(id)
        }, ms),
      )
    },
    forget,
    close() {
      for (const id of [...timers.keys()]) forget(id)
    },
  }
}

/** Seconds until the next look. */
function lookInterval({ config, place }: Connection, isDown: boolean): number {
  const usual = config?.probeSeconds ?? SECONDS[place]
  return isDown ? Math.min(usual, SECONDS_WHEN_DOWN) : usual
}
