import { implement } from '@orpc/server'
import { contract } from '#shared/contract.ts'
import type { RpcContext } from './rpc-context.ts'

const os = implement(contract).$context<RpcContext>().ollama

/** The Ollama management part of the router. */
export const ollamaProcedures = {
  models: os.models.handler(({ context, input, signal }) =>
    context.engine.ollamaServers.models(input.connectionId, signal),
  ),
  details: os.details.handler(({ context, input, signal }) =>
    context.engine.ollamaServers.details(input.connectionId, input.model, signal),
  ),
  unload: os.unload.handler(({ context, input }) =>
    context.engine.ollamaServers.unload(input.connectionId, input.model),
  ),
  copy: os.copy.handler(({ context, input }) =>
    context.engine.ollamaServers.copy(input.connectionId, input.source, input.destination),
  ),
  remove: os.remove.handler(({ context, input }) =>
    context.engine.ollamaServers.remove(input.connectionId, input.model),
  ),
}
