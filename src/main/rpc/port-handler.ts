import type { SupportedMessagePort } from '@orpc/client/message-port'
import { RPCHandler } from '@orpc/server/message-port'
import type { Engine } from '../engine/spec/engine.ts'
import { OWNER } from '../engine/spec/principal.ts'
import { checkLevel } from './check-level.ts'
import { mapCallErrors } from './map-call-errors.ts'
import { router } from './router.ts'

/**
 * Serves the contract over message ports: Electron's, and those of node:worker_threads. Whoever has one is the owner.
 * The caller starts the port. When a port closes, its running calls are aborted.
 */
export function createRpcPortHandler(engine: Engine): (port: SupportedMessagePort) => void {
  const handler = new RPCHandler(router, { clientInterceptors: [mapCallErrors(engine), checkLevel] })
  return (port) => handler.upgrade(port, { context: { engine, principal: OWNER, encrypted: true } })
}
