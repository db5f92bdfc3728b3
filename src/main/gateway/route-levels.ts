import { accessOf } from './open-webui/route-table.ts'
import { webUiTable } from './open-webui/routes.ts'
import { teamRouteAccess } from './open-webui/team-routes.ts'
import type { RouteAccess } from './route-access.ts'

const publicly: RouteAccess = { level: 'public', scope: null }
const models: RouteAccess = { level: 'member', scope: 'models' }
const chat: RouteAccess = { level: 'member', scope: 'chat' }
const embeddings: RouteAccess = { level: 'member', scope: 'embeddings' }
const administration: RouteAccess = { level: 'admin', scope: 'admin' }

/** Who may call each route, and what an API key needs for it. The router refuses to be made with a route that is not here. */
export const ROUTE_LEVELS: Readonly<Record<string, RouteAccess>> = {
  'GET /v1/models': models,
  'GET /v1/models/*': models,
  'POST /v1/chat/completions': chat,
  'POST /v1/completions': chat,
  'POST /v1/embeddings': embeddings,
  'POST /v1/responses': chat,

  'POST /v1/messages': chat,
  'POST /v1/messages/count_tokens': chat,

  // Clients find out by it what they talk to.
  'GET /api/version': { ...publicly, isTimed: true },
  'GET /api/tags': models,
  'GET /api/ps': models,
  'POST /api/show': models,
  'POST /api/chat': chat,
  'POST /api/generate': chat,
  'POST /api/embed': embeddings,
  'POST /api/embeddings': embeddings,
  'POST /api/pull': administration,
  'POST /api/push': administration,
  'POST /api/create': administration,
  'POST /api/copy': administration,
  'DELETE /api/delete': administration,
  'HEAD /api/blobs/*': administration,
  'POST /api/blobs/*': administration,
  'POST /api/me': administration,
  'POST /api/signout': administration,

  'GET /': publicly,
  'GET /health': { ...publicly, isTimed: true },
  'GET /ui/session': publicly,
  'POST /ui/upload': administration,

  ...accessOf(webUiTable),
  ...teamRouteAccess,
}

/**
 * Calls of our own window: each procedure decides by who calls. Keys are for the APIs; one that shall do all that its
 * person may has the scope `admin`.
 */
export const RPC_ACCESS: RouteAccess = { level: 'signed-in', scope: 'admin' }
