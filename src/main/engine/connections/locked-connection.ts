import type { ConnectionConfig } from '#shared/connections.ts'
import type { EngineError } from '../spec/engine-error.ts'
import type { ProviderAdapter } from '../spec/provider-adapter.ts'
import type { Upstream } from '../spec/upstream.ts'

/**
 * Stands in for a server that must not be asked, because a secret is missing or nothing can be built for it: every
 * call fails with the same error. Asking without the secret would only bring the server's own, misleading complaint.
 */
export function createLockedUpstream(config: ConnectionConfig, title: string, error: EngineError): Upstream {
  const refuse = (): Promise<never> => Promise.reject(error)
  return {
    config,
    title,
    keyCount: () => 1,
    request: refuse,
    open: refuse,
    json: refuse,
    httpError: async () => error,
    dispatch(_request, sink) {
      queueMicrotask(() => sink.error(error))
      return { resume: () => undefined, discard: () => undefined }
    },
    blot: (text) => text,
    close: async () => undefined,
  }
}

/** Its adapter: also what a real one would answer without asking the server (a typed list of models) fails. */
export function createLockedAdapter(upstream: Upstream, error: EngineError): ProviderAdapter {
  // biome-ignore lint/correctness/useYield: it fails before it could yield, and callers iterate it like any other.
  async function* refuseStream(): AsyncGenerator<never> {
    throw error
  }
  const refuse = (): Promise<never> => Promise.reject(error)
  return {
    kind: upstream.config.provider,
    upstream,
    listModels: refuse,
    chat: refuseStream,
    complete: refuseStream,
    embed: refuse,
  }
}
