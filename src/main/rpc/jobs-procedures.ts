import { implement } from '@orpc/server'
import { contract } from '#shared/contract.ts'
import type { RpcContext } from './rpc-context.ts'

const os = implement(contract).$context<RpcContext>().jobs

/** The jobs part of the router. */
export const jobsProcedures = {
  list: os.list.handler(({ context }) => context.engine.jobs.list()),
  pull: os.pull.handler(({ context, input: { insecure = false, ...rest } }) =>
    context.engine.jobs.pull({ ...rest, insecure }),
  ),
  push: os.push.handler(({ context, input: { insecure = false, ...rest } }) =>
    context.engine.jobs.push({ ...rest, insecure }),
  ),
  create: os.create.handler(({ context, input: { quantize, ...rest } }) =>
    context.engine.jobs.create({ ...rest, ...(quantize === undefined ? {} : { quantize }) }),
  ),
  upload: os.upload.handler(({ context, input }) => context.engine.jobs.upload(input)),
  updateAll: os.updateAll.handler(({ context, input }) => context.engine.jobs.updateAll(input)),
  cancel: os.cancel.handler(({ context, input }) => context.engine.jobs.cancel(input.id)),
  resume: os.resume.handler(({ context, input }) => context.engine.jobs.resume(input.id)),
  dismiss: os.dismiss.handler(({ context, input }) => context.engine.jobs.dismiss(input.id)),
}
