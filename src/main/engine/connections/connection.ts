import type { Connection } from '../spec/connections.ts'
import type { ProviderAdapter } from '../spec/provider-adapter.ts'

export type { Connection } from '../spec/connections.ts'

/** The built-in connection to the in-process llama runtime. */
export const LLAMA_CONNECTION_ID = 'llama'

/** Makes the built-in connection: always Here, always present. */
export function llamaConnection(adapter: ProviderAdapter): Connection {
  return {
    id: LLAMA_CONNECTION_ID,
    name: 'in-process',
    provider: 'llama',
    place: 'here',
    adapter,
    config: null,
    keyCount: 1,
    listKey: LLAMA_CONNECTION_ID,
  }
}
