import type { App } from 'electron'

/** True if this process is the only Switchyard of this person. Later launches then call `onSecondLaunch` here and end. */
export function claimSingleInstance(app: App, onSecondLaunch: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false
  app.on('second-instance', onSecondLaunch)
  return true
}
