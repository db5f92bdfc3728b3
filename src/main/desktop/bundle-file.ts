import { extname, join, normalize, sep } from 'node:path'

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/**
 * The file in `folder` that an address on the app origin names, with its media type; null when it names none.
 * Encoded slashes, backslashes, NUL and every way out of the folder end here, before the file system is asked.
 */
export function bundleFile(folder: string, address: string): { path: string; mediaType: string } | null {
  const url = URL.parse(address)
  if (url === null) return null
  let name: string
  try {
    name = decodeURIComponent(url.pathname)
  } catch {
    // A malformed escape names no file of ours.
    return null
  }
  if (/[\\\0:]/.test(name) || /%2f/i.test(url.pathname)) return null
  if (name === '/' || name === '') name = '/index.html'
  const mediaType = MEDIA_TYPES[extname(name).toLowerCase()]
  if (mediaType === undefined) return null
  const root = normalize(folder)
  const path = join(root, name)
  return path.startsWith(root.endsWith(sep) ? root : root + sep) ? { path, mediaType } : null
}
