import type { Capability, GgufFacts, GgufFile, GgufRefusalKind } from '#shared/models.ts'
import type { FoundFile } from './find-files.ts'

/** What the library knows about one file. */
export interface LibraryEntry {
  readonly id: string
  found: FoundFile
  state: GgufFile['state']
  reason: string | null
  /** The kind of the reason where it is quarantined. */
  refusal: GgufRefusalKind | null
  facts: GgufFacts | null
  capabilities: Capability[]
  /** Its content needs no trial load: built in, or judged at an earlier start. */
  judged: boolean
  /** Monotonic ms at which its size or time was last seen to change. */
  changedAt: number
  /** Counts the contents it has had, so that a check of an older one is thrown away. */
  generation: number
  /** Woken when it leaves `checking`, or is gone. */
  waiting: (() => void)[]
}

export const CHECKING = 'The file is being checked before its first use.'
export const GROWING = 'The file is still being written.'

/** A file at first sight. */
export function newEntry(id: string, found: FoundFile, now: number): LibraryEntry {
  return {
    id,
    found,
    state: 'checking',
    reason: CHECKING,
    refusal: null,
    facts: null,
    capabilities: [],
    judged: false,
    changedAt: now,
    generation: 1,
    waiting: [],
  }
}

/** Shuts a file out and wakes whoever waits for the end of its check. */
export function shutOut(entry: LibraryEntry, refusal: GgufRefusalKind, reason: string): void {
  settle(entry, 'quarantined', reason, refusal)
}

/** Sets the state and wakes whoever waits for the end of a check. */
export function settle(
  entry: LibraryEntry,
  state: GgufFile['state'],
  reason: string | null,
  refusal: GgufRefusalKind | null = null,
): void {
  entry.state = state
  entry.reason = reason
  entry.refusal = refusal
  if (state === 'checking') return
  for (const wake of entry.waiting.splice(0)) wake()
}

/** Resolves when the entry is no longer being checked (or is gone); rejects with the signal's reason. */
export function settled(entry: LibraryEntry, signal: AbortSignal): Promise<void> {
  if (entry.state !== 'checking') return Promise.resolve()
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      entry.waiting = entry.waiting.filter((other) => other !== wake)
      reject(signal.reason)
    }
    const wake = (): void => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    entry.waiting.push(wake)
  })
}

const THINKING_MARKS = ['<think>', '<|channel|>', '[THINK]', '<seed:think>', 'reasoning_content', 'enable_thinking']

/**
 * What a model can be asked for, by its header. Tools and JSON schemas come from the runtime (its calling syntax and
 * its grammar), so every chat model has them; reasoning shows in the template.
 */
export function capabilitiesOf(facts: GgufFacts, template: string | null): Capability[] {
  if (facts.isEmbedding) return ['embedding']
  const capabilities: Capability[] = ['chat', 'completion', 'embedding', 'json-schema']
  if (facts.hasChatTemplate) capabilities.push('tools')
  if (template !== null && THINKING_MARKS.some((mark) => template.includes(mark))) capabilities.push('reasoning')
  return capabilities
}
