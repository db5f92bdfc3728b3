import type { Connection, ConnectionSet } from '../../src/main/engine/spec/connections.ts'
import type { ProviderAdapter } from '../../src/main/engine/spec/provider-adapter.ts'
import { type ConnectionConfig, connectionConfigSchema } from '../../src/shared/connections.ts'

/** A configured connection, with every field settable. */
export function testConnection(
  id: string,
  adapter: ProviderAdapter,
  config: Partial<ConnectionConfig> = {},
  fields: Partial<Connection> = {},
): Connection {
  return {
    id,
    name: id,
    provider: 'openai',
    place: 'here',
    adapter,
    config: connectionConfigSchema.parse({ provider: 'openai', baseUrl: `http://${id}.invalid/v1`, ...config }),
    keyCount: 1,
    listKey: id,
    ...fields,
  }
}

export interface TestConnectionSet extends ConnectionSet {
  replace(connections: Connection[]): void
}

/** A set whose members the test replaces; ids whose object changed are announced. */
export function connectionSetOf(...initial: Connection[]): TestConnectionSet {
  let connections: readonly Connection[] = initial
  const listeners = new Set<(changed: readonly string[]) => void>()
  return {
    all: () => connections,
    find: (id) => connections.find((each) => each.id === id) ?? null,
    onChange(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    replace(next) {
      const before = connections
      connections = next
      const changed = [...before, ...next]
        .filter((each) => !(before.includes(each) && next.includes(each)))
        .map(({ id }) => id)
      for (const listener of [...listeners]) listener([...new Set(changed)])
    },
  }
}
