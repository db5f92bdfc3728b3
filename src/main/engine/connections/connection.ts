import type { Place, ProviderKind } from '#shared/place.ts'
import type { ProviderAdapter } from '../spec/provider-adapter.ts'

/** One configured way in, with the adapter that speaks to it. */
export interface Connection {
  /** Stable; never a list position. */
  id: string
  name: string
  provider: ProviderKind
  place: Place
  adapter: ProviderAdapter
}

/** The built-in connection to the in-process llama runtime. */
export const LLAMA_CONNECTION_ID = 'llama'

/** Makes the built-in connection: always Here, always present. */
export function llamaConnection(adapter: ProviderAdapter): Connection {
  return { id: LLAMA_CONNECTION_ID, name: 'in-process', provider: 'llama', place: 'here', adapter }
}
