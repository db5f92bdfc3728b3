import type { ListedModel } from '../../engine/spec/presets.ts'
import { isAdmin } from '../../engine/spec/principal.ts'
import type { Exchange } from '../exchange.ts'

/**
 * A family's merged list as the caller may see it: base models that are listed for it, then presets over them, each with
 * its base's entry under its own id and name. `idOf` reads an entry's id, `renamed` gives an entry another face.
 */
export function entriesForCaller<Entry>(
  { gateway, principal }: Exchange,
  entries: readonly Entry[],
  idOf: (entry: Entry) => string,
  renamed: (entry: Entry, face: { id: string; name: string }) => Entry,
): Entry[] {
  const { catalog, presets } = gateway.engine
  const listed = presets.listed(principal)
  const bases = new Set(listed.flatMap(({ base, isPreset }) => (isPreset ? [] : [base.id])))
  const byBase = new Map<string, Entry>()
  const shown = entries.filter((entry) => {
    const model = catalog.find(idOf(entry))
    // What a server lists and the catalog does not know has no rules that could allow it to somebody.
    if (model === null) return isAdmin(principal)
    if (!byBase.has(model.id)) byBase.set(model.id, entry)
    return bases.has(model.id)
  })
  const faces = listed.flatMap(({ id, name, base, isPreset }: ListedModel) => {
    const entry = isPreset ? byBase.get(base.id) : undefined
    return entry === undefined ? [] : [renamed(entry, { id, name })]
  })
  return [...shown, ...faces]
}
