import { readFile } from 'node:fs/promises'
import { protocol, type Session } from 'electron'
import { APP_SCHEME, isAppUrl } from './app-origin.ts'
import { bundleFile } from './bundle-file.ts'
import { CONTENT_SECURITY_POLICY } from './content-security-policy.ts'

/** Declares the app scheme to Chromium. Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves the built renderer in `folder` at the app origin of a session. */
export function serveAppProtocol(session: Session, folder: string): void {
  session.protocol.handle(APP_SCHEME, (request) => answerAppRequest(folder, request))
}

/** One answer of the app protocol; the policy headers are on every one, also on refusals. */
export async function answerAppRequest(folder: string, request: Request): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'Method not allowed')
  const file = isAppUrl(request.url) ? bundleFile(folder, request.url) : null
  if (file === null) return answer(404, 'Not found')
  try {
    const bytes = await readFile(file.path)
    return answer(200, request.method === 'HEAD' ? null : bytes, file.mediaType)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR'
      ? answer(404, 'Not found')
      : answer(500, 'This part of the app could not be read.')
  }
}

function answer(status: number, body: string | Uint8Array<ArrayBuffer> | null, type = 'text/plain; charset=utf-8') {
  return new Response(body, {
    status,
    headers: {
      'content-type': type,
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-cache',
    },
  })
}
