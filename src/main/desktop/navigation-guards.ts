import type { App, WebContents } from 'electron'
import { isAppUrl } from './app-origin.ts'

/** Called with an address that a page wanted to go to and may not. */
export type OutsideLink = (contents: WebContents, address: string) => void

/**
 * Keeps every page on the app's origin: no other navigation, redirect, new window or webview, in any web contents that
 * ever exist. A page that reloads itself stays where it is. Where the person may have meant a link, `onOutsideLink` is told.
 */
export function guardNavigation(app: App, onOutsideLink: OutsideLink): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (isAppUrl(event.url) && isAppUrl(contents.getURL())) return
      event.preventDefault()
      onOutsideLink(contents, event.url)
    })
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-frame-navigate', (event) => {
      // `will-navigate` has already handled the main frame.
      if (!event.isMainFrame) event.preventDefault()
    })
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      onOutsideLink(contents, url)
      return { action: 'deny' }
    })
  })
}
