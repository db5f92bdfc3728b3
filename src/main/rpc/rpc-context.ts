import type { Engine } from '../engine/spec/engine.ts'
import type { Principal } from '../engine/spec/principal.ts'

/** What every procedure works on. */
export interface RpcContext {
  engine: Engine
  /** Who calls: at the desktop the owner, over HTTP whom the gateway found. */
  principal: Principal
  /** Nobody on the way can read along: over TLS, or within this computer's own window. */
  encrypted: boolean
}
