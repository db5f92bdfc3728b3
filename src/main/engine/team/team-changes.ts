import type { Logger } from '../spec/engine.ts'
import type { EngineEvent } from '../spec/engine-event.ts'

/** What was remembered about people holds for one version only. */
export interface TeamChanges {
  version(): number
  /** A token ended: nothing remembered holds, and nobody needs to be told. */
  forget(): void
  /** People, groups, keys, invites, providers or settings changed. */
  changed(): void
  onChange(listener: () => void): () => void
}

/** Counts changes and tells of them. */
export function createTeamChanges(emit: (event: EngineEvent) => void, log: Logger): TeamChanges {
  const listeners = new Set<() => void>()
  let version = 0
  return {
    version: () => version,
    forget() {
      version += 1
    },
    changed() {
      version += 1
      for (const listener of [...listeners]) {
        try {
          listener()
        } catch (error) {
          log.error({ err: error }, 'a listener to changes of the team failed')
        }
      }
      emit({ type: 'team:changed' })
    },
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
