import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../../src/shared/contract.ts'

export type ContractClient = ContractRouterClient<Contract>

/** The typed contract over HTTP, as the window in a browser uses it. */
export function contractClient(url: string): ContractClient {
  return createORPCClient(new RPCLink({ url: `${url}/rpc` }))
}
