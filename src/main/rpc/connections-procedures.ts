import { implement } from '@orpc/server'
import { contract } from '#shared/contract.ts'
import type { RpcContext } from './rpc-context.ts'

const os = implement(contract).$context<RpcContext>().connections

/** The connections part of the router. */
export const connectionsProcedures = {
  list: os.list.handler(({ context }) => context.engine.connections.list()),
  create: os.create.handler(({ context, input }) => context.engine.connections.create(input)),
  update: os.update.handler(({ context, input }) =>
    context.engine.connections.update(input.id, input.input, input.base),
  ),
  setEnabled: os.setEnabled.handler(({ context, input }) =>
    context.engine.connections.setEnabled(input.id, input.enabled),
  ),
  remove: os.remove.handler(({ context, input }) => context.engine.connections.remove(input.id)),
  reorder: os.reorder.handler(({ context, input }) => context.engine.connections.reorder(input.ids)),
  refresh: os.refresh.handler(({ context, input }) => context.engine.connections.refresh(input.id)),
  test: os.test.handler(async function* ({ context, input, signal }) {
    yield* context.engine.connections.test(input.input, input.id, signal ?? new AbortController().signal)
  }),
}
