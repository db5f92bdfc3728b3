import { EngineError } from '../../../spec/engine-error.ts'
import type { LibraryEntry } from './library-entry.ts'
import type { ModelLibrary } from './model-library.ts'

/** The file with this id. Throws `model_not_found`. */
export function knownEntry(library: Pick<ModelLibrary, 'find'>, id: string): LibraryEntry {
  const entry = library.find(id)
  if (entry === undefined) throw new EngineError('model_not_found', `There is no model file "${id}" on this machine.`)
  return entry
}
