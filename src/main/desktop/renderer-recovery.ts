import { type App, dialog, type RenderProcessGoneDetails, type WebContents } from 'electron'
import type { DesktopWords } from './desktop-words.ts'

const LIMIT = 3
const WINDOW_MS = 60_000

interface RecoveryOptions {
  now: () => number
  isOurs: (contents: WebContents) => boolean
  onGone: (details: RenderProcessGoneDetails, willReload: boolean) => void
  /** Called instead of another reload when the page keeps failing. */
  onGivenUp: (contents: WebContents) => void
}

/**
 * Reloads a page whose process went away. Conversations and running answers live in the engine, so the page comes back
 * as it was. At most three times a minute: a page that fails at once would otherwise do so forever.
 */
export function recoverRenderer(app: App, options: RecoveryOptions): void {
  let reloads: number[] = []
  app.on('render-process-gone', (_event, contents, details) => {
    if (details.reason === 'clean-exit' || !options.isOurs(contents)) return
    const now = options.now()
    reloads = reloads.filter((at) => now - at < WINDOW_MS)
    const willReload = reloads.length < LIMIT
    options.onGone(details, willReload)
    if (!willReload) {
      reloads = []
      options.onGivenUp(contents)
      return
    }
    reloads.push(now)
    contents.reload()
  })
}

/** Tells the person that the page keeps failing, and opens it again when they say so. */
export async function explainWindowFailure(contents: WebContents, words: DesktopWords): Promise<void> {
  await dialog.showMessageBox({
    type: 'error',
    message: words.windowCrashed,
    detail: words.windowCrashedDetail,
    buttons: [words.reopen],
    noLink: true,
  })
  if (!contents.isDestroyed()) contents.reload()
}
