import type { LoadOptions } from '#shared/models.ts'
import type { Clock } from '../../../spec/clock.ts'
import type { WorkerLink } from '../worker-link.ts'
import type { LoadLane } from './load-lane.ts'

/** What a slot needs of its surroundings. */
export interface SlotSurroundings {
  clock: Clock
  lane: LoadLane
  link: () => WorkerLink
  queueLimit: () => number
  /** Unloads the least recently used idle model other than this one; false if there is none. */
  evictIdle: (except: string) => Promise<boolean>
  hasIdle: (except: string) => boolean
  onChange: () => void
  touch: (id: string, at: number) => void
}

/** The file as the slot loads it, and the options that apply without a request's hints. */
export interface SlotModel {
  id: string
  path: string
  sizeBytes: number
  forEmbedding: boolean
  options: LoadOptions
}
