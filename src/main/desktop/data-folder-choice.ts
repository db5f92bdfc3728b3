import { type App, type BrowserWindow, dialog } from 'electron'
import type { DesktopWords } from './desktop-words.ts'
import type { PreferenceStore } from './preferences.ts'

/** Lets the person choose another data folder, then restarts into it. Nothing is moved or deleted. */
export async function chooseDataFolder(
  app: App,
  window: BrowserWindow | null,
  preferences: PreferenceStore,
  words: DesktopWords,
): Promise<void> {
  const picker = { properties: ['openDirectory' as const, 'createDirectory' as const] }
  const picked = await (window === null ? dialog.showOpenDialog(picker) : dialog.showOpenDialog(window, picker))
  const folder = picked.filePaths[0]
  if (picked.canceled || folder === undefined) return
  const question = {
    type: 'question' as const,
    message: words.restartQuestion,
    detail: folder,
    buttons: [words.restart, words.cancel],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  }
  const answer = await (window === null ? dialog.showMessageBox(question) : dialog.showMessageBox(window, question))
  if (answer.response !== 0) return
  preferences.set({ dataFolder: folder })
  app.relaunch()
  app.quit()
}
