import type { Connection, ConnectionSet } from '../spec/connections.ts'
import { EngineError } from '../spec/engine-error.ts'
import type { Upstream } from '../spec/upstream.ts'

/** An Ollama connection that is in use. Throws `not_found` if it is gone or switched off, `unsupported` if it is no Ollama. */
export function ollamaConnection(
  connections: ConnectionSet,
  id: string,
): { connection: Connection; upstream: Upstream } {
  const connection = connections.find(id)
  if (connection === null) {
    throw new EngineError('not_found', 'This connection was removed or is switched off.', { param: 'connectionId' })
  }
  const { upstream } = connection.adapter
  if (connection.provider !== 'ollama' || upstream === undefined) {
    throw new EngineError(
      'unsupported',
      `${connection.name} is no Ollama server, so its models cannot be managed here.`,
    )
  }
  return { connection, upstream }
}
