import { implement } from '@orpc/server'
import { contract } from '#shared/contract.ts'
import { isEngineError, toEngineError, toPublicError } from '../engine/spec/engine-error.ts'
import { chatsProcedures } from './chats-procedures.ts'
import { connectionsProcedures } from './connections-procedures.ts'
import { engineEvents } from './engine-events.ts'
import { jobsProcedures } from './jobs-procedures.ts'
import { ollamaProcedures } from './ollama-procedures.ts'
import type { RpcContext } from './rpc-context.ts'

const os = implement(contract).$context<RpcContext>()

/** Every procedure of the shared contract over an engine. One router for both transports. */
export const router = os.router({
  app: {
    info: os.app.info.handler(({ context }) => context.engine.info()),
    status: os.app.status.handler(({ context }) => context.engine.status()),
    events: os.app.events.handler(({ context, signal }) => engineEvents(context.engine, signal ?? never())),
  },
  models: {
    catalog: os.models.catalog.handler(({ context }) => context.engine.catalog.list()),
    files: os.models.files.handler(({ context }) => context.engine.runtime.files()),
    add: os.models.add.handler(async ({ context, input }) => {
      const { added, refused } = await context.engine.runtime.add(input.paths)
      return { added, refused: refused.map(({ path, error }) => ({ path, error: refusal(error) })) }
    }),
    forget: os.models.forget.handler(({ context, input }) => context.engine.runtime.forget(input.id)),
    load: os.models.load.handler(({ context, input, signal }) =>
      context.engine.runtime.load(input.id, input.options, signal),
    ),
    unload: os.models.unload.handler(({ context, input }) => context.engine.runtime.unload(input.id)),
    setOptions: os.models.setOptions.handler(({ context, input }) =>
      context.engine.runtime.setOptions(input.id, input.options),
    ),
    recheck: os.models.recheck.handler(({ context, input }) => context.engine.runtime.recheck(input.id)),
  },
  chats: chatsProcedures,
  connections: connectionsProcedures,
  jobs: jobsProcedures,
  ollama: ollamaProcedures,
  settings: {
    get: os.settings.get.handler(({ context }) => context.engine.settings.view()),
    update: os.settings.update.handler(({ context, input }) => context.engine.settings.update(input)),
  },
})

/** Why one path was refused, as a value. */
function refusal(error: unknown) {
  const known = toPublicError(toEngineError(error))
  if (isEngineError(error)) return known
  return { code: known.code, message: known.message, retryable: known.retryable }
}

function never(): AbortSignal {
  return new AbortController().signal
}
