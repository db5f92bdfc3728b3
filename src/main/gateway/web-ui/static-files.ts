import { type FileHandle, open, readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Exchange } from '../exchange.ts'
import { notFound, sendBody } from '../respond.ts'
import { contentType } from './content-type.ts'
import { UI_SECURITY_HEADERS } from './security-headers.ts'

/** A name that the bundler made from the file's content, such as `index-B3xA_91c.js`: it never changes. */
const HASHED = /^\/assets\/.*-[\w-]{8}\.\w+$/
/** A miss looks at the folder again (the UI was rebuilt), but not more often than this. */
const RESCAN_MS = 1_000

const MISSING_PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Switchyard</title><h1>The web UI is not built</h1>' +
  '<p>Switchyard is running, and its APIs work. To get the web UI here, run <code>npm run build</code> and reload this page.</p></html>'

/** Serves the built web UI. */
export interface StaticFiles {
  /** Answers GET and HEAD for a file of the UI; `/` is its page. Throws `not_found`. */
  serve(exchange: Exchange): Promise<void>
}

/**
 * Files below `folder` (null: there is no build). Only paths found by listing the folder are ever opened, so that no
 * request can lead out of it; links are not followed.
 */
export function createStaticFiles(folder: string | null): StaticFiles {
  let files: Set<string> = new Set()
  let scannedAt = Number.NEGATIVE_INFINITY

  async function has(path: string): Promise<boolean> {
    if (files.has(path)) return true
    if (folder === null || performance.now() - scannedAt < RESCAN_MS) return false
    scannedAt = performance.now()
    files = await listFiles(folder)
    return files.has(path)
  }

  return {
    async serve(exchange) {
      const path = exchange.path === '/' ? '/index.html' : exchange.path
      if (folder === null || !(await has(path))) {
        if (path !== '/index.html') throw notFound(exchange)
        sendBody(exchange, 503, 'text/html; charset=utf-8', MISSING_PAGE, {
          ...UI_SECURITY_HEADERS,
          'Cache-Control': 'no-store',
        })
        return
      }
      await sendFile(exchange, join(folder, ...path.slice(1).split('/')), path)
    },
  }
}

async function listFiles(folder: string): Promise<Set<string>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    return new Set(
      files.map((entry) => `/${relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')}`),
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set()
    throw error
  }
}

async function sendFile(exchange: Exchange, file: string, path: string): Promise<void> {
  const { req, res } = exchange
  const handle = await openExisting(exchange, file)
  try {
    const { size, mtimeMs } = await handle.stat()
    const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`
    const headers = {
      ...UI_SECURITY_HEADERS,
      ETag: etag,
      'Cache-Control': HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(path === '/index.html' ? { Vary: 'Accept, Origin' } : {}),
    }
    if (req.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
      res.writeHead(304, headers).end()
      return
    }
    res.writeHead(200, { ...headers, 'Content-Type': contentType(path), 'Content-Length': size })
    if (req.method === 'HEAD' || size === 0) {
      res.end()
      return
    }
    await pipeline(handle.createReadStream({ end: size - 1, autoClose: false }), res)
  } finally {
    await handle.close()
  }
}

/** A file that is listed but gone was taken away by a rebuild. */
async function openExisting(exchange: Exchange, file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notFound(exchange)
    throw error
  }
}
