import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { vi } from 'vitest'
import type { Contract } from '../../src/shared/contract.ts'
import type { Double } from './electron-double/host.ts'

/** Where the application's gateway listens, as its tray menu says. */
export async function gatewayUrl(app: Double): Promise<string> {
  return vi.waitFor(
    async () => {
      const { trayMenu } = await app.record()
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(JSON.stringify(trayMenu))
      if (found === null) throw new Error('the tray names no gateway')
      return found[0]
    },
    { timeout: 20_000 },
  )
}

/** The contract over HTTP, to look at the engine beside the window. */
export function gatewayClient(url: string): ContractRouterClient<Contract> {
  return createORPCClient(new RPCLink({ url: `${url}/rpc` }))
}
