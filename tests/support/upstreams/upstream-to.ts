import { createUpstream } from '../../../src/main/engine/http/create-upstream.ts'
import type { Upstream } from '../../../src/main/engine/spec/upstream.ts'
import { connectionConfigSchema, type RemoteProviderKind } from '../../../src/shared/connections.ts'
import { createTestLog } from '../test-log.ts'

/** The HTTP way to a scripted server, as a connection with default settings has it. */
export function upstreamTo(
  provider: RemoteProviderKind,
  baseUrl: string,
  options: { title?: string; keys?: string[]; timeouts?: Partial<Upstream['config']['timeouts']> } = {},
): Upstream {
  const defaults = connectionConfigSchema.parse({ provider, baseUrl })
  return createUpstream({
    config: { ...defaults, timeouts: { ...defaults.timeouts, ...options.timeouts } },
    title: options.title ?? 'Workstation',
    secrets: { keys: options.keys ?? [], headers: {} },
    log: createTestLog(),
  })
}
