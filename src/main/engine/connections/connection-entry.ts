import type { Place } from '#shared/place.ts'
import type { ConnectionFamily } from '../spec/connections.ts'
import type { StoredConnection, StoredConnectionConfig } from '../storage/index.ts'
import type { OpenSecrets } from './connection-secrets.ts'

/** One configured connection as this process holds it. Replaced as a whole, never changed. */
export interface ConnectionEntry {
  readonly stored: StoredConnection
  readonly secrets: OpenSecrets
  readonly place: Place
}

/** Open WebUI's two families: `ollama`, and everything else. */
export function familyOf({ provider }: Pick<StoredConnectionConfig, 'provider'>): ConnectionFamily {
  return provider === 'ollama' ? 'ollama' : 'openai'
}

/** The name to show: the given one, or the host with its port. */
export function titleOf({ name, baseUrl }: Pick<StoredConnectionConfig, 'name' | 'baseUrl'>): string {
  return name === '' ? new URL(baseUrl).host : name
}

/** The host of an address, without brackets. */
export function hostOf({ baseUrl }: Pick<StoredConnectionConfig, 'baseUrl'>): string {
  return new URL(baseUrl).hostname.replace(/^\[|\]$/g, '')
}
