import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SettingsStore } from '../../../spec/engine.ts'
import { EngineError, toEngineError } from '../../../spec/engine-error.ts'
import type { Inspection } from '../protocol.ts'
import { errorCode } from './scan-folder.ts'
import { isGgufName } from './split-files.ts'

export interface AddParts {
  settings: Pick<SettingsStore, 'get' | 'update'>
  inspect: (path: string) => Promise<Inspection>
  isKnown: (path: string) => boolean
}

/** What was taken (absolute paths) and what was refused, with the reason. */
export interface AddedPaths {
  accepted: string[]
  refused: { path: string; error: unknown }[]
}

/** Remembers files and folders that a person names. A file needs a sound header to be taken. */
export async function addPaths(paths: readonly string[], parts: AddParts): Promise<AddedPaths> {
  const result: AddedPaths = { accepted: [], refused: [] }
  for (const given of paths) {
    const path = resolve(given)
    try {
      await addPath(path, parts)
      result.accepted.push(path)
    } catch (error) {
      result.refused.push({ path: given, error: toEngineError(error) })
    }
  }
  return result
}

async function addPath(path: string, { settings, inspect, isKnown }: AddParts): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new EngineError('not_found', `There is nothing to read at ${path} (${errorCode(cause)}).`, { cause })
  })
  if (found.isDirectory()) {
    const folders = settings.get().modelFolders
    if (!folders.includes(path)) settings.update({ modelFolders: [...folders, path] })
    return
  }
  if (!isGgufName(path)) throw new EngineError('invalid_request', `${path} is not a .gguf file.`)
  const inspection = await inspect(path)
  if (!inspection.ok) {
    throw new EngineError('model_quarantined', inspection.reason, {
      ...(inspection.detail === null ? {} : { detail: inspection.detail }),
    })
  }
  const files = settings.get().modelFiles
  if (!files.includes(path) && !isKnown(path)) settings.update({ modelFiles: [...files, path] })
}
