import { type App, dialog, shell } from 'electron'
import { isEngineError } from '../engine/spec/engine-error.ts'
import type { DesktopWords } from './desktop-words.ts'

/** Says plainly why the engine cannot start and where the data is, then ends the app with exit code 1. Never silent. */
export async function explainStartFailure(
  app: App,
  failure: unknown,
  dataFolder: string,
  words: DesktopWords,
): Promise<void> {
  const known = isEngineError(failure)
  const reason = failure instanceof Error ? failure.message : String(failure)
  // Also on stderr: a start at login or from a terminal may have nobody who sees the dialog.
  console.error(`${words.cannotStart}: ${reason}`)
  const detail = [reason, known ? failure.detail : undefined, `${words.whatToDo} ${dataFolder}`]
  await app.whenReady()
  const answer = await dialog.showMessageBox({
    type: 'error',
    message: words.cannotStart,
    detail: detail.filter((line) => line !== undefined).join('\n\n'),
    buttons: [words.quit, words.openDataFolder],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  if (answer.response === 1) await shell.openPath(dataFolder)
  app.exit(1)
}
