import type { StoredConnection } from '../storage/index.ts'

/**
 * What decides which models a connection lists: whom it asks and how. Headers count by the name of what is sealed, so a
 * new secret makes a new text, and none can be read out of it. Keys do not: one that is rotated lists the same models as a
 * rule, and until it has answered requests must not be told that there are none.
 */
export function listKeyOf({ config, headerSeal }: StoredConnection): string {
  const { provider, baseUrl, auth, apiVersion, fingerprint, modelIds } = config
  // An Ollama server is asked for all that it has; of other kinds an allow-list is the list.
  const named = provider === 'ollama' ? [] : modelIds
  return JSON.stringify([provider, baseUrl, auth, apiVersion, fingerprint, named, headerSeal])
}
