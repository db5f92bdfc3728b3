import type { GgufFile, LoadOptions } from '#shared/models.ts'
import { client } from '../../bridge/client.ts'
import { OPTION_KEYS, type OptionKey } from './load-options.ts'

/** Of the options that were changed, which a loaded model took at once and which hold from its next load. */
export interface SavedOptions {
  applied: OptionKey[]
  fromNextLoad: OptionKey[]
}

/** Saves a model's load options. Null where it is not loaded, as then there is nothing to tell apart. */
export async function saveLoadOptions(file: GgufFile, options: LoadOptions): Promise<SavedOptions | null> {
  const { id, loaded, options: before } = file
  if (loaded?.state !== 'loaded') {
    await client.models.setOptions({ id, options })
    return null
  }
  const changed = OPTION_KEYS.filter((key) => options[key] !== before[key])
  const removed = changed.filter((key) => options[key] === undefined)
  // Options are updated beside those saved before, which takes none away.
  if (removed.length > 0) await client.models.setOptions({ id, options })
  const given = changed.filter((key) => options[key] !== undefined)
  if (given.length === 0) return { applied: [], fromNextLoad: removed }
  const updated = await client.models.updateLoaded({
    id,
    options: Object.fromEntries(given.map((key) => [key, options[key]])),
  })
  const applied = given.filter((key) => updated.applied.includes(key))
  return { applied, fromNextLoad: changed.filter((key) => !applied.includes(key)) }
}
