import type { CatalogModel } from '#shared/models.ts'

/** Models that can be asked; one that is still being checked answers once it is. */
export function isListed({ state }: CatalogModel): boolean {
  return state !== 'unavailable'
}

/**
 * Those that Ollama's and Anthropic's clients can do something with. What servers of the OpenAI kind have for pictures or
 * speech can do nothing that these ask for.
 */
export function isListedForText(model: CatalogModel): boolean {
  const { capabilities, holders } = model
  const isKnown = holders.some(({ provider }) => provider === 'ollama' || provider === 'llama')
  return isListed(model) && (capabilities.length > 0 || isKnown)
}
