import type { WebContents, WebFrameMain } from 'electron'
import { APP_ORIGIN } from './app-origin.ts'

/** The part of an IPC event that says who sent it. */
export interface SenderEvent {
  readonly sender: WebContents
  /** Null once the frame is gone. */
  readonly senderFrame: Pick<WebFrameMain, 'origin' | 'parent' | 'detached'> | null
}

/** True only for the top frame, on the app's origin, of a window that we made. */
export function isTrustedSender(event: SenderEvent, isOurs: (contents: WebContents) => boolean): boolean {
  const frame = event.senderFrame
  return (
    frame !== null && !frame.detached && frame.parent === null && frame.origin === APP_ORIGIN && isOurs(event.sender)
  )
}
