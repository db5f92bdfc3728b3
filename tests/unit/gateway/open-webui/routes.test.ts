import { expect, test } from 'vitest'
import { dialectOf } from '../../../../src/main/gateway/dialect.ts'
import { accessOf, toRoutes, ver } from '../../../../src/main/gateway/open-webui/route-table.ts'
import { openWebUiRoutes, webUiTable } from '../../../../src/main/gateway/open-webui/routes.ts'
import { createRouter } from '../../../../src/main/gateway/router.ts'

/** The reference's levels, by route. */
const PUBLIC = ['GET /ollama', 'GET /api/config', 'GET /ready', 'GET /health/db']
const ADMIN = [
  'POST /ollama/verify',
  'GET /ollama/config',
  'POST /ollama/config/update',
  'GET /ollama/api/ps',
  'POST /ollama/api/unload',
  'POST /ollama/api/pull[/{i}]',
  'DELETE /ollama/api/push[/{i}]',
  'POST /ollama/api/push[/{i}]',
  'POST /ollama/api/create[/{i}]',
  'POST /ollama/api/copy[/{i}]',
  'DELETE /ollama/api/delete[/{i}]',
  'POST /ollama/models/download[/{i}]',
  'POST /ollama/models/upload[/{i}]',
  'GET /openai/config',
  'POST /openai/config/update',
  'POST /openai/verify',
  'GET /api/models/base',
  'POST /api/models/unload',
]

test('each route has the level that the reference gives it', () => {
  const byLevel = (level: string): string[] =>
    Object.entries(webUiTable).flatMap(([route, entry]) => (entry.level === level ? [route] : []))
  expect(byLevel('public').sort()).toEqual([...PUBLIC].sort())
  expect(byLevel('admin').sort()).toEqual([...ADMIN].sort())
  expect(byLevel('member')).toHaveLength(Object.keys(webUiTable).length - PUBLIC.length - ADMIN.length)
})

test('an index is a route of its own', () => {
  const table = { 'GET /a[/{i}]': ver(() => {}, 'models') } as const
  expect(Object.keys(toRoutes(table))).toEqual(['GET /a', 'GET /a/*'])
  const access = { level: 'member', scope: 'models', isTimed: true }
  expect(accessOf(table)).toEqual({ 'GET /a': access, 'GET /a/*': access })
})

test('named paths of /openai come before the refusal of all others', () => {
  const router = createRouter(accessOf(webUiTable), openWebUiRoutes)
  const refusal = router.find('GET', '/openai/anything')?.handler
  expect(refusal).toBeDefined()
  expect(router.find('GET', '/openai/models/1')?.handler).not.toBe(refusal)
  expect(router.find('GET', '/openai/models')?.handler).not.toBe(refusal)
})

test.each([
  ['/ollama', 'webui'],
  ['/ollama/api/chat/0', 'webui'],
  ['/ollamas', 'own'],
  ['/openai/models', 'webui-proxy'],
  ['/api/models', 'webui'],
  ['/api/models/unload', 'webui'],
  ['/api/v1/anything', 'webui'],
  ['/api/chat', 'ollama'],
  ['/api/chat/completions', 'webui-chat'],
  ['/api/v1/messages/count_tokens', 'anthropic'],
  ['/api/message', 'anthropic'],
  ['/v1/messages', 'anthropic'],
  ['/v1/models', 'openai'],
  ['/api/tags', 'ollama'],
  ['/health', 'own'],
] as const)('%s speaks %s', (path, dialect) => expect(dialectOf(path)).toBe(dialect))
