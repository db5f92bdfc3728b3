import type { AddressInfo, Server } from 'node:net'
import { EngineError } from '../engine/spec/engine-error.ts'

/** Names for this machine alone, with the address each stands for: a resolver must have no say in it. */
const LOOPBACK: Record<string, string> = {
  '127.0.0.1': '127.0.0.1',
  localhost: '127.0.0.1',
  '::1': '::1',
  '[::1]': '::1',
}

/** The address to listen on. Throws `forbidden` for anything beyond this machine. */
export function loopbackAddress(host: string): string {
  const address = LOOPBACK[host.trim().toLowerCase()]
  if (address !== undefined) return address
  throw new EngineError(
    'forbidden',
    `Cannot listen on ${host}: this is where Switchyard answers its owner without a key, so it stays on this machine. ` +
      'Use 127.0.0.1, ::1 or localhost, and share on the network (--share) for other machines.',
  )
}

/** Starts listening. Resolves to the real port and the URL to reach it. Throws `conflict` if the port is taken. */
export function listenOn(server: Server, address: string, port: number): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(listenError(error, address, port))
    server.once('error', failed)
    server.listen({ host: address, port }, () => {
      server.off('error', failed)
      const { port: real } = server.address() as AddressInfo
      resolve({ url: `http://${address.includes(':') ? `[${address}]` : address}:${real}`, port: real })
    })
  })
}

function listenError(cause: NodeJS.ErrnoException, address: string, port: number): EngineError {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new EngineError(
        'conflict',
        `Port ${port} on ${address} is already in use by another program. Choose another port.`,
        {
          cause,
        },
      )
    case 'EACCES':
      return new EngineError('forbidden', `This user may not listen on port ${port}. Choose a port above 1023.`, {
        cause,
      })
    case 'EADDRNOTAVAIL':
      return new EngineError('invalid_request', `This machine has no address ${address} to listen on.`, { cause })
    default:
      return new EngineError('internal', `Cannot listen on ${address}:${port}: ${cause.message}`, { cause })
  }
}
