import { handlers, record } from './link.ts'

type ProtocolHandler = (request: Request) => Response | Promise<Response>
type RequestHandler = (
  contents: unknown,
  permission: string,
  decide: (granted: boolean) => void,
  details: object,
) => void
type CheckHandler = (contents: unknown, permission: string, origin: string, details: object) => boolean

const schemes = new Map<string, ProtocolHandler>()
let requestHandler: RequestHandler | null = null
let checkHandler: CheckHandler | null = null

export const protocol = {
  registerSchemesAsPrivileged(list: unknown[]): void {
    record.order.push('register-schemes')
    record.schemes.push(...list)
  },
  handle(scheme: string, handler: ProtocolHandler): void {
    record.order.push(`handle ${scheme}`)
    schemes.set(scheme, handler)
  },
}

export const session = {
  defaultSession: {
    protocol,
    setPermissionRequestHandler(handler: RequestHandler | null): void {
      requestHandler = handler
    },
    setPermissionCheckHandler(handler: CheckHandler | null): void {
      checkHandler = handler
    },
    setDevicePermissionHandler(): void {
      // Nothing here has devices.
    },
    setDisplayMediaRequestHandler(): void {
      // Nothing here has screens.
    },
  },
}

handlers.protocol = async (url: string, method: string) => {
  const handler = schemes.get(new URL(url).protocol.slice(0, -1))
  if (handler === undefined) return null
  const response = await handler(new Request(url, { method }))
  const body = new Uint8Array(await response.arrayBuffer())
  return { status: response.status, headers: Object.fromEntries(response.headers), body }
}

/** Chromium asks both: the check before use, the request for a prompt. Without handlers Electron grants everything. */
handlers.permission = async (permission: string, requestingUrl: string, isMainFrame: boolean) => {
  const details = { requestingUrl, isMainFrame, securityOrigin: requestingUrl }
  const origin = requestingUrl
  const checked = checkHandler === null || checkHandler(null, permission, origin, details)
  const handler = requestHandler
  const requested =
    handler === null || (await new Promise<boolean>((decide) => handler(null, permission, decide, details)))
  return { checked, requested }
}
