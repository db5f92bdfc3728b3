import { implement } from '@orpc/server'
import { contract } from '#shared/contract.ts'
import { chatsProcedures } from './chats-procedures.ts'
import { connectionsProcedures } from './connections-procedures.ts'
import { engineEvents } from './engine-events.ts'
import { jobsProcedures } from './jobs-procedures.ts'
import { visibleInfo, visibleSettings, visibleStatus } from './member-views.ts'
import { modelsProcedures } from './models-procedures.ts'
import { ollamaProcedures } from './ollama-procedures.ts'
import { presetsProcedures } from './presets-procedures.ts'
import type { RpcContext } from './rpc-context.ts'
import { teamProcedures } from './team-procedures.ts'
import { withoutUndefined } from './without-undefined.ts'

const os = implement(contract).$context<RpcContext>()

/** Every procedure of the shared contract over an engine. One router for both transports; who may call is checked before. */
export const router = os.router({
  app: {
    info: os.app.info.handler(({ context }) => visibleInfo(context.engine, context.principal)),
    status: os.app.status.handler(({ context: { engine, principal } }) =>
      visibleStatus(engine.status(), principal, engine),
    ),
    events: os.app.events.handler(({ context, signal }) => {
      // A window has been opened.
      context.engine.runtime.warmSoon()
      return engineEvents(context.engine, context.principal, signal ?? never())
    }),
  },
  models: modelsProcedures,
  presets: presetsProcedures,
  team: teamProcedures,
  sharing: {
    state: os.sharing.state.handler(({ context }) => {
      // The page of sharing is where others are shown.
      context.engine.sharing.lookForOthers()
      return context.engine.sharing.state()
    }),
    update: os.sharing.update.handler(({ context, input }) =>
      context.engine.sharing.update(withoutUndefined(input), context.principal),
    ),
  },
  chats: chatsProcedures,
  connections: connectionsProcedures,
  jobs: jobsProcedures,
  ollama: ollamaProcedures,
  settings: {
    get: os.settings.get.handler(({ context }) => visibleSettings(context.engine, context.principal)),
    update: os.settings.update.handler(({ context, input }) => context.engine.settings.update(input)),
  },
})

function never(): AbortSignal {
  return new AbortController().signal
}
