import type { Exchange } from '../exchange.ts'
import { sendBody, sendJson } from '../respond.ts'
import type { Routes } from '../router.ts'
import { session } from '../session-state.ts'
import type { StaticFiles } from './static-files.ts'
import { upload } from './upload.ts'

/** Our own paths: health, the start page, who the browser is, uploads. */
export function ownRoutes(files: StaticFiles): Routes {
  return {
    'GET /': (exchange) => root(exchange, files),
    'GET /health': health,
    'GET /ui/session': session,
    'POST /ui/upload': upload,
  }
}

/** A browser gets the web UI; everything else what Ollama says there, by which its clients find it. */
async function root(exchange: Exchange, files: StaticFiles): Promise<void> {
  if (exchange.req.headers.accept?.includes('text/html')) return files.serve(exchange)
  sendBody(exchange, 200, 'text/plain; charset=utf-8', 'Ollama is running', { Vary: 'Accept, Origin' })
}

async function health(exchange: Exchange): Promise<void> {
  sendJson(exchange, 200, { status: true, version: await exchange.gateway.version() }, { 'Cache-Control': 'no-store' })
}
