const due = new Set<() => void>()
let takenAt: number | null = null

/**
 * Runs `job` with one of the next frames, which live text and other jobs then leave to it. For work that has to lay out or
 * draw much: together with new words in one frame, both would be late. Returns the way to take it back.
 */
export function inOwnFrame(job: () => void): () => void {
  if (due.size === 0) requestAnimationFrame(runDue)
  due.add(job)
  return () => {
    due.delete(job)
  }
}

/**
 * Runs `job` in a task of its own, after the frame that is under way was laid out and painted: reading sizes costs nothing
 * there. Called again before it ran, it runs once. Returns the way to ask for it, and the way to take it back.
 */
export function afterFrame(job: () => void): { ask(): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    ask() {
      timer ??= setTimeout(() => {
        timer = undefined
        job()
      })
    },
    cancel() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}

/** Whether the frame whose callbacks are running belongs to such work. */
export function frameIsTaken(): boolean {
  return due.size > 0 || (takenAt !== null && takenAt === frameTime())
}

function runDue(): void {
  const [job] = due
  if (job === undefined) return
  due.delete(job)
  if (due.size > 0) requestAnimationFrame(runDue)
  takenAt = frameTime()
  job()
}

/** The same for all callbacks of a frame; null where nobody can tell. */
function frameTime(): number | null {
  const time = typeof document === 'undefined' ? undefined : document.timeline?.currentTime
  return typeof time === 'number' ? time : null
}
