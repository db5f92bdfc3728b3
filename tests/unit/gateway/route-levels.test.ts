import { expect, test } from 'vitest'
import { gatewayRoutes } from '../../../src/main/gateway/create-gateway.ts'
import { teamRouteAccess } from '../../../src/main/gateway/open-webui/team-routes.ts'
import type { RouteAccess } from '../../../src/main/gateway/route-access.ts'
import { ROUTE_LEVELS, RPC_ACCESS } from '../../../src/main/gateway/route-levels.ts'
import { createRouter } from '../../../src/main/gateway/router.ts'
import { createStaticFiles } from '../../../src/main/gateway/web-ui/static-files.ts'

/** Every route but those of accounts and records, with who may call it and what a key needs. */
const EXPECTED: Record<string, string> = {
  'GET /': 'public',
  'GET /health': 'public',
  'GET /health/db': 'public',
  'GET /ready': 'public',
  'GET /ui/session': 'public',
  'GET /api/version': 'public',
  'GET /api/config': 'public',
  'GET /ollama': 'public',

  'GET /api/usage': 'member',
  'GET /ollama/api/version': 'member',
  'GET /ollama/api/version/*': 'member',

  'GET /v1/models': 'member models',
  'GET /v1/models/*': 'member models',
  'GET /api/tags': 'member models',
  'GET /api/ps': 'member models',
  'POST /api/show': 'member models',
  'GET /api/models': 'member models',
  'GET /api/v1/models': 'member models',
  'GET /ollama/api/tags': 'member models',
  'GET /ollama/api/tags/*': 'member models',
  'POST /ollama/api/show': 'member models',
  'GET /ollama/v1/models': 'member models',
  'GET /ollama/v1/models/*': 'member models',
  'GET /openai/models': 'member models',
  'GET /openai/models/*': 'member models',

  'POST /v1/chat/completions': 'member chat',
  'POST /v1/completions': 'member chat',
  'POST /v1/responses': 'member chat',
  'POST /v1/messages': 'member chat',
  'POST /v1/messages/count_tokens': 'member chat',
  'POST /api/chat': 'member chat',
  'POST /api/generate': 'member chat',
  'POST /api/chat/completions': 'member chat',
  'POST /api/v1/chat/completions': 'member chat',
  'POST /api/message': 'member chat',
  'POST /api/v1/messages': 'member chat',
  'POST /api/v1/messages/count_tokens': 'member chat',
  ...withIndex('member chat', [
    'POST /ollama/api/generate',
    'POST /ollama/api/chat',
    'POST /ollama/v1/chat/completions',
    'POST /ollama/v1/completions',
    'POST /ollama/v1/responses',
    'POST /ollama/v1/messages',
  ]),
  'POST /openai/chat/completions': 'member chat',
  'POST /openai/completions': 'member chat',
  'POST /openai/responses': 'member chat',
  'GET /openai/*': 'member chat',
  'POST /openai/*': 'member chat',
  'PUT /openai/*': 'member chat',
  'PATCH /openai/*': 'member chat',
  'DELETE /openai/*': 'member chat',

  'POST /v1/embeddings': 'member embeddings',
  'POST /api/embed': 'member embeddings',
  'POST /api/embeddings': 'member embeddings',
  'POST /api/v1/embeddings': 'member embeddings',
  'POST /openai/embeddings': 'member embeddings',
  ...withIndex('member embeddings', [
    'POST /ollama/api/embed',
    'POST /ollama/api/embeddings',
    'POST /ollama/v1/embeddings',
  ]),

  'POST /ui/upload': 'admin admin',
  'POST /api/pull': 'admin admin',
  'POST /api/push': 'admin admin',
  'POST /api/create': 'admin admin',
  'POST /api/copy': 'admin admin',
  'DELETE /api/delete': 'admin admin',
  'HEAD /api/blobs/*': 'admin admin',
  'POST /api/blobs/*': 'admin admin',
  'POST /api/me': 'admin admin',
  'POST /api/signout': 'admin admin',
  'GET /api/models/base': 'admin admin',
  'POST /api/models/unload': 'admin admin',
  'POST /ollama/verify': 'admin admin',
  'GET /ollama/config': 'admin admin',
  'POST /ollama/config/update': 'admin admin',
  'GET /ollama/api/ps': 'admin admin',
  'POST /ollama/api/unload': 'admin admin',
  ...withIndex('admin admin', [
    'POST /ollama/api/pull',
    'DELETE /ollama/api/push',
    'POST /ollama/api/push',
    'POST /ollama/api/create',
    'POST /ollama/api/copy',
    'DELETE /ollama/api/delete',
    'POST /ollama/models/download',
    'POST /ollama/models/upload',
  ]),
  'GET /openai/config': 'admin admin',
  'POST /openai/config/update': 'admin admin',
  'POST /openai/verify': 'admin admin',
}

/** Of the accounts' and records' routes, the ones that strangers may call: signing in, and pictures that come with the app. */
const PUBLIC_TEAM_ROUTES = [
  'GET /favicon.png',
  'GET /static/favicon.png',
  'GET /user.png',
  'GET /oauth/{provider}/callback',
  'GET /oauth/{provider}/login',
  'GET /api/v1/auths/signout',
  'POST /api/v1/auths/signin',
  'POST /api/v1/auths/signout',
  'POST /api/v1/auths/signup',
]

const routes = createRouter(ROUTE_LEVELS, ...gatewayRoutes(createStaticFiles(null))).routes()

test('every route has the level and the scope that are written down here', () => {
  const own = routes.filter((route) => !(route in teamRouteAccess))
  expect(Object.fromEntries(own.map((route) => [route, levelOf(route)]))).toEqual(EXPECTED)
})

test('accounts and records are for strangers only where they sign in', () => {
  const open = routes.filter((route) => teamRouteAccess[route]?.level === 'public')
  expect(open.sort()).toEqual([...PUBLIC_TEAM_ROUTES].sort())
})

test('no level is left without its route', () => {
  expect(Object.keys(ROUTE_LEVELS).filter((route) => !routes.includes(route))).toEqual([])
})

test('the window’s calls need somebody, and of keys those that may do all', () => {
  expect(RPC_ACCESS).toEqual({ level: 'signed-in', scope: 'admin' })
})

function levelOf(route: string): string {
  const { level, scope } = ROUTE_LEVELS[route] as RouteAccess
  return scope === null ? level : `${level} ${scope}`
}

function withIndex(level: string, routes: string[]): Record<string, string> {
  return Object.fromEntries(routes.flatMap((route) => [route, `${route}/*`]).map((route) => [route, level]))
}
