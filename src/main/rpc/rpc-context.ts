import type { Engine } from '../engine/spec/engine.ts'

/** What every procedure works on. */
export interface RpcContext {
  engine: Engine
}
