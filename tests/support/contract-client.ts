import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../../src/shared/contract.ts'

export type ContractClient = ContractRouterClient<Contract>

/** The typed contract over HTTP, as the window in a browser uses it; with a session or key where one is given. */
export function contractClient(url: string, token: string | null = null): ContractClient {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  return createORPCClient(new RPCLink({ url: `${url}/rpc`, headers }))
}
