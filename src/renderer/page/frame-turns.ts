const due = new Set<() => void>()
let takenAt: number | null = null

/**
 * Runs `job` with the next frame, which live text then leaves to it. For work that has to lay out or draw much: together
 * with new words in one frame, both would be late. Returns the way to take it back.
 */
export function inOwnFrame(job: () => void): () => void {
  if (due.size === 0) requestAnimationFrame(runDue)
  due.add(job)
  return () => {
    due.delete(job)
  }
}

/** Whether the frame whose callbacks are running belongs to such work. */
export function frameIsTaken(): boolean {
  return due.size > 0 || (takenAt !== null && takenAt === frameTime())
}

function runDue(): void {
  const jobs = [...due]
  due.clear()
  if (jobs.length > 0) takenAt = frameTime()
  for (const job of jobs) job()
}

/** The same for all callbacks of a frame; null where nobody can tell. */
function frameTime(): number | null {
  const time = typeof document === 'undefined' ? undefined : document.timeline?.currentTime
  return typeof time === 'number' ? time : null
}
