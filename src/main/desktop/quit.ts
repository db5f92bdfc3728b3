import type { App } from 'electron'

interface QuitOptions {
  /** Ends running answers, keeps their text, closes the gateway and the database. */
  drain: () => Promise<void>
  /** Longest wait for it, ms. */
  capMs: number
  onStuck: () => void
}

/**
 * Quits gracefully: the first request to quit is held until the engine has drained or the cap has passed, then the
 * process exits. SIGTERM and SIGINT go the same way. Resolves never more than once.
 */
export function quitGracefully(app: App, options: QuitOptions): void {
  let state: 'running' | 'draining' | 'drained' = 'running'

  async function drainAndQuit(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const cap = new Promise<'stuck'>((resolve) => {
      timer = setTimeout(() => resolve('stuck'), options.capMs)
    })
    let exitCode = 0
    try {
      if ((await Promise.race([options.drain(), cap])) === 'stuck') options.onStuck()
    } catch {
      // What failed has been logged by who failed; the process must end all the same, and say that it was not clean.
      exitCode = 1
    }
    clearTimeout(timer)
    state = 'drained'
    app.exit(exitCode)
  }

  app.on('before-quit', (event) => {
    if (state === 'drained') return
    event.preventDefault()
    if (state === 'draining') return
    state = 'draining'
    void drainAndQuit()
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => app.quit())
}
