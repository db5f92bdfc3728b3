import type { StoredConnection } from '../storage/index.ts'

/**
 * What decides which models a connection lists: whom it asks and as whom. Keys and headers count by the names of what is
 * sealed, so a new secret makes a new text, and none can be read out of it.
 */
export function listKeyOf({ config, keys, headerSeal }: StoredConnection): string {
  const { provider, baseUrl, auth, apiVersion, fingerprint, modelIds } = config
  // An Ollama server is asked for all that it has; of other kinds an allow-list is the list.
  const named = provider === 'ollama' ? [] : modelIds
  return JSON.stringify([provider, baseUrl, auth, apiVersion, fingerprint, named, keys.map(({ id }) => id), headerSeal])
}
