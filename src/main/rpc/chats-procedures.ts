import { implement } from '@orpc/server'
import { contract } from '#shared/contract.ts'
import type { RpcContext } from './rpc-context.ts'

const os = implement(contract).$context<RpcContext>().chats

/** The chats part of the router. */
export const chatsProcedures = {
  list: os.list.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).list(input.limit, input.before),
  ),
  create: os.create.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).create(input.modelId ?? null),
  ),
  update: os.update.handler(({ context, input: { id, ...patch } }) =>
    context.engine.chatsOf(context.principal.id).update(id, patch),
  ),
  saveDraft: os.saveDraft.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).saveDraft(input.id, input.draft),
  ),
  remove: os.remove.handler(({ context, input }) => context.engine.chatsOf(context.principal.id).remove(input.id)),
  restore: os.restore.handler(({ context, input }) => context.engine.chatsOf(context.principal.id).restore(input.id)),
  thread: os.thread.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).thread(input.id, input.tail),
  ),
  range: os.range.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).range(input.id, input.leafId, input.from, input.to),
  ),
  selectBranch: os.selectBranch.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).selectBranch(input.id, input.messageId),
  ),
  send: os.send.handler(({ context, input }) => context.engine.chatsOf(context.principal.id).send(input)),
  image: os.image.handler(({ context, input }) => context.engine.chatsOf(context.principal.id).image(input.id)),
  regenerate: os.regenerate.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).regenerate(input),
  ),
  stop: os.stop.handler(({ context, input }) => context.engine.chatsOf(context.principal.id).stop(input.answerId)),
  removeMessage: os.removeMessage.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).removeMessage(input.id, input.messageId),
  ),
  restoreMessage: os.restoreMessage.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).restoreMessage(input.id, input.messageId),
  ),
  watch: os.watch.handler(async function* ({ context, input, signal }) {
    yield* context.engine.chatsOf(context.principal.id).watch(input.answerId, signal ?? new AbortController().signal)
  }),
  search: os.search.handler(({ context, input }) =>
    context.engine.chatsOf(context.principal.id).search(input.query, input.limit),
  ),
}
