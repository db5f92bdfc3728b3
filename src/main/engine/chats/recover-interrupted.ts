import type { Logger } from '../spec/engine.ts'
import { EngineError, toPublicError } from '../spec/engine-error.ts'
import type { Storage } from '../storage/index.ts'

/** Ends the answers that the last process left streaming: their text is kept, and becomes searchable. Returns how many. */
export function recoverInterrupted(storage: Pick<Storage, 'write' | 'messages'>, log: Logger): number {
  const left = storage.messages.streaming()
  if (left.length === 0) return 0
  const error = toPublicError(
    new EngineError('aborted', 'Switchyard ended while this answer was being written. The text up to then was kept.', {
      retryable: true,
    }),
  )
  storage.write(() => {
    for (const { id } of left) {
      storage.messages.updateAnswer(id, { content: '', reasoning: '', status: 'interrupted', error })
    }
  })
  log.info({ answers: left.length }, 'marked answers of the last run as interrupted')
  return left.length
}
