import type { Clock } from '../spec/clock.ts'
import type { Logger } from '../spec/engine.ts'
import type { Principal } from '../spec/principal.ts'
import type { Storage } from '../storage/index.ts'

const WRITE_EVERY_MS = 60_000
const ACTIVE_S = 300

/** When people, sessions and keys were last used: in memory at once, in the database once a minute at most. */
export interface LastSeen {
  /** Called for every request, so it only notes. */
  saw(principal: Principal): void
  /** Not yet written; else undefined. Epoch s. */
  person(id: string): number | undefined
  session(id: string): number | undefined
  key(id: string): number | undefined
  /** Seen in the last five minutes, the latest first. */
  active(): { id: string; name: string; lastSeenAt: number }[]
  forgetPerson(id: string): void
  /** Writes what is left. */
  close(): void
}

export function createLastSeen(storage: Storage, clock: Clock, log: Logger): LastSeen {
  const people = new Map<string, number>()
  const sessions = new Map<string, number>()
  const keys = new Map<string, number>()
  const active = new Map<string, { principal: Principal; lastSeenAt: number }>()
  let timer: { cancel(): void } | null = null

  function write(): void {
    timer = null
    try {
      storage.write(() => {
        storage.people.saveActivity(people)
        storage.sessions.saveUse(sessions)
        storage.apiKeys.saveUse(keys)
      })
    } catch (error) {
      // Nobody waits for it, and the next minute brings newer times.
      log.warn({ err: error }, 'when people were last active could not be written')
      return
    }
    people.clear()
    sessions.clear()
    keys.clear()
    dropInactive()
  }

  function dropInactive(): void {
    const since = clock.now() / 1000 - ACTIVE_S
    for (const [id, { lastSeenAt }] of active) if (lastSeenAt < since) active.delete(id)
  }

  return {
    saw(principal) {
      const now = Math.floor(clock.now() / 1000)
      const { id, sessionId, key } = principal
      const entry = active.get(id)
      if (entry !== undefined && entry.principal === principal && entry.lastSeenAt === now) return
      people.set(id, now)
      if (sessionId !== null) sessions.set(sessionId, now)
      if (key !== null) keys.set(key.id, now)
      active.set(id, { principal, lastSeenAt: now })
      timer ??= clock.setTimeout(write, WRITE_EVERY_MS)
    },
    person: (id) => people.get(id),
    session: (id) => sessions.get(id),
    key: (id) => keys.get(id),
    active() {
      dropInactive()
      return [...active]
        .map(([id, { principal, lastSeenAt }]) => ({ id, name: principal.name, lastSeenAt }))
        .sort((left, right) => right.lastSeenAt - left.lastSeenAt || left.name.localeCompare(right.name))
    },
    forgetPerson(id) {
      people.delete(id)
      active.delete(id)
    },
    close() {
      timer?.cancel()
      if (timer !== null) write()
    },
  }
}
