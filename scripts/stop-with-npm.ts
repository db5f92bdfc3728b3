const LOOK_EVERY_MS = 100

/**
 * Makes this process stop like on SIGTERM when npm was told to. npm passes a signal on to the shell between it and us,
 * and that shell (dash, for one) ends without passing it on: the server would go on alone, and keep its port and data.
 * Does nothing without npm, and on Windows, where there are no such signals.
 */
export function stopWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return
  const shell = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, LOOK_EVERY_MS)
  timer.unref()
}
