import { expect, test } from 'vitest'
import type { RouteAccess } from '../../../src/main/gateway/route-access.ts'
import { createRouter } from '../../../src/main/gateway/router.ts'

const list = (): void => {}
const one = (): void => {}
const add = (): void => {}
const change = (): void => {}
const access: RouteAccess = { level: 'member', scope: null }
const admin: RouteAccess = { level: 'admin', scope: 'admin' }
const levels = {
  'GET /v1/models': access,
  'GET /v1/models/*': access,
  'POST /v1/chat': access,
  'POST /users/{id}/update': admin,
  'GET /users/{id}': access,
  'GET /users/all': access,
}
const router = createRouter(
  levels,
  { 'GET /v1/models': list, 'GET /v1/models/*': one },
  { 'POST /v1/chat': add, 'POST /users/{id}/update': change, 'GET /users/{id}': one, 'GET /users/all': list },
)

test('finds by method and exact path, then by prefix', () => {
  expect(router.find('GET', '/v1/models')).toEqual({ handler: list, access, rest: '', params: {} })
  expect(router.find('GET', '/v1/models/a/b%2Fc%20d')).toEqual({ handler: one, access, rest: 'a/b/c d', params: {} })
  expect(router.find('POST', '/v1/chat')).toMatchObject({ handler: add, rest: '' })
  expect(router.find('HEAD', '/v1/models')).toMatchObject({ handler: list, rest: '' })
})

test('names in braces stand for one segment, behind exact paths', () => {
  expect(router.find('POST', '/users/a%2Fb/update')).toEqual({
    handler: change,
    access: admin,
    rest: '',
    params: { id: 'a/b' },
  })
  expect(router.find('GET', '/users/all')?.handler).toBe(list)
  expect(router.find('GET', '/users/other')).toMatchObject({ handler: one, params: { id: 'other' } })
  expect(router.methods('/users/x/update')).toEqual(['POST'])
  for (const path of ['/users//update', '/users/a/b/update', '/users/a/updates', '/users/']) {
    expect(router.find('POST', path)).toBeNull()
  }
})

test('is not made with a route of which nobody said who may call it', () => {
  expect(() => createRouter(levels, { 'GET /v1/models': list, 'GET /new': list })).toThrow(
    'nothing says who may call GET /new',
  )
})

test('finds nothing where nothing is', () => {
  for (const path of ['/v1', '/v1/models/', '/v1/chat/', '/v1/model', '/__proto__'])
    expect(router.find('GET', path)).toBeNull()
})

test('tells a wrong method from a wrong path', () => {
  expect(router.find('DELETE', '/v1/models')).toBeNull()
  expect(router.find('constructor', '/v1/models')).toBeNull()
  expect(router.methods('/v1/models')).toEqual(['GET', 'HEAD'])
  expect(router.methods('/nowhere')).toEqual([])
})

test('refuses a broken percent-encoding', () => {
  expect(() => router.find('GET', '/v1/models/%E0%A4%A')).toThrow(/percent-encoding/)
  expect(() => router.find('GET', '/users/%E0%A4%A')).toThrow(/percent-encoding/)
})
