import { type BrowserWindow, dialog, shell } from 'electron'
import type { DesktopWords } from './desktop-words.ts'

/** True for addresses that may leave the app, after the person has agreed: web pages over TLS, and mail. */
export function mayOpenOutside(address: string): boolean {
  const url = URL.parse(address)
  if (url === null) return false
  if (url.protocol === 'mailto:') return true
  // A name and password in the address are a way to dress up a foreign host.
  return url.protocol === 'https:' && url.username === '' && url.password === ''
}

/** Asks, then opens the address in the system's browser or mail program. Anything but https: and mailto: is ignored. */
export async function openOutside(window: BrowserWindow | null, address: string, words: DesktopWords): Promise<void> {
  if (!mayOpenOutside(address)) return
  const url = new URL(address).href
  const question = {
    type: 'question' as const,
    message: words.openLinkQuestion,
    detail: url,
    buttons: [words.openLink, words.cancel],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  }
  const answer = await (window === null ? dialog.showMessageBox(question) : dialog.showMessageBox(window, question))
  if (answer.response === 0) await shell.openExternal(url)
}
