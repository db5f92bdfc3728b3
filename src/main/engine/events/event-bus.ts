import type { Logger } from '../spec/engine.ts'
import type { EngineEvent } from '../spec/engine-event.ts'

/** Carries engine events up to whoever shows them. Areas emit; they never call up. */
export interface EventBus {
  emit(event: EngineEvent): void
  on(listener: (event: EngineEvent) => void): () => void
}

/** A bus whose listeners cannot harm one another or the emitter. */
export function createEventBus(log: Logger): EventBus {
  const listeners = new Set<(event: EngineEvent) => void>()
  return {
    emit(event) {
      for (const listener of [...listeners]) {
        try {
          listener(event)
        } catch (error) {
          log.error({ err: error, event: event.type }, 'an event listener failed')
        }
      }
    },
    on(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
