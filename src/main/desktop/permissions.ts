import type { Session } from 'electron'
import { isAppUrl } from './app-origin.ts'

/** All that a page of ours may use. Copy needs its entry: without it the copy button fails silently on Linux. */
const allowed: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

/** Denies every permission request and check, except what our own main frame needs. Devices and screen capture too. */
export function guardPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, decide, details) => {
    decide(allowed.has(permission) && details.isMainFrame && isAppUrl(details.requestingUrl))
  })
  session.setPermissionCheckHandler((_contents, permission, origin, details) => {
    return allowed.has(permission) && details.isMainFrame && isAppUrl(origin)
  })
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler(null)
}
