import type { Engine } from './engine.ts'
import { unknownModel } from './unknown-model.ts'

/** The GGUF file that runs a model of the catalog, or a preset over one. Null for what does not run in this process. */
export function localFileId({ runtime, resolver }: Pick<Engine, 'runtime' | 'resolver'>, id: string): string | null {
  if (runtime.files().some((file) => file.id === id)) return id
  const holder = resolver.follow(id).base?.holders.find(({ provider }) => provider === 'llama')
  return holder?.upstreamModel ?? null
}

/** The id under which lists know the model. Throws `model_not_found` for what nothing has. */
export function registeredModelId(
  { runtime, catalog, presets }: Pick<Engine, 'runtime' | 'catalog' | 'presets'>,
  id: string,
): string {
  const found = catalog.find(id)?.id ?? presets.find(id)?.id ?? runtime.files().find((file) => file.id === id)?.id
  if (found === undefined) throw unknownModel(id)
  return found
}
