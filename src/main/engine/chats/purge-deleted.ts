import type { Clock } from '../spec/clock.ts'
import type { Logger } from '../spec/engine.ts'
import type { Storage } from '../storage/index.ts'

const DAY_MS = 86_400_000
/** How long what was deleted can be taken back. */
const KEEP_MS = 30 * DAY_MS
const START_AFTER_MS = 5000
/** Rows per step, and the breath between steps: each row also leaves the search index. */
const ROWS = 20
const BREATH_MS = 20

/** Deletes for good what was deleted more than 30 days ago: soon after the start, then daily, in small steps. */
export function startPurging(
  storage: Pick<Storage, 'messages' | 'conversations'>,
  clock: Clock,
  log: Logger,
): { stop(): void } {
  let timer = clock.setTimeout(step, START_AFTER_MS)
  let purged = 0

  function step(): void {
    let wait = DAY_MS
    try {
      const before = clock.now() - KEEP_MS
      const rows = storage.messages.purge(before, ROWS)
      purged += rows
      if (rows > 0) wait = BREATH_MS
      else purged += storage.conversations.purgeEmpty(before)
      if (rows === 0 && purged > 0) log.info({ rows: purged }, 'deleted for good what was deleted 30 days ago')
      if (rows === 0) purged = 0
    } catch (error) {
      log.warn({ err: error }, 'old deleted chats could not be purged; trying again tomorrow')
    }
    timer = clock.setTimeout(step, wait)
  }

  return { stop: () => timer.cancel() }
}
