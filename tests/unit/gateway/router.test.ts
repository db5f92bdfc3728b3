import { expect, test } from 'vitest'
import { createRouter } from '../../../src/main/gateway/router.ts'

const list = (): void => {}
const one = (): void => {}
const add = (): void => {}
const router = createRouter({ 'GET /v1/models': list, 'GET /v1/models/*': one }, { 'POST /v1/chat': add })

test('finds by method and exact path, then by prefix', () => {
  expect(router.find('GET', '/v1/models')).toEqual({ handler: list, rest: '' })
  expect(router.find('GET', '/v1/models/a/b%2Fc%20d')).toEqual({ handler: one, rest: 'a/b/c d' })
  expect(router.find('POST', '/v1/chat')).toEqual({ handler: add, rest: '' })
  expect(router.find('HEAD', '/v1/models')).toEqual({ handler: list, rest: '' })
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
})
