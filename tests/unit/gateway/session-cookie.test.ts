import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import type { Exchange } from '../../../src/main/gateway/exchange.ts'
import {
  clearSessionCookie,
  clientAddress,
  sessionCookie,
  setSessionCookie,
  withoutSession,
} from '../../../src/main/gateway/session-cookie.ts'

function exchange(encrypted: boolean): { exchange: Exchange; cookies: string[] } {
  const cookies: string[] = []
  const res = { appendHeader: (_name: string, value: string) => cookies.push(value) }
  return { exchange: { encrypted, res } as unknown as Exchange, cookies }
}

test('scripts cannot read it, other sites’ forms do not bring it, and over TLS it stays there', () => {
  const expiresAt = Math.floor(Date.now() / 1000) + 3_600
  const plain = exchange(false)
  setSessionCookie(plain.exchange, 'swy_abc', expiresAt)
  const [cookie = ''] = plain.cookies
  expect(cookie.split('; ').filter((part) => !/^(?:Max-Age|Expires)=/.test(part))).toEqual([
    'token=swy_abc',
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
  ])
  expect(Number(/Max-Age=(\d+)/.exec(cookie)?.[1])).toBeGreaterThan(3_590)
  expect(cookie).toContain(`Expires=${new Date(expiresAt * 1000).toUTCString()}`)
  const encrypted = exchange(true)
  setSessionCookie(encrypted.exchange, 'swy_abc', expiresAt)
  expect(encrypted.cookies[0]?.split('; ')).toContain('Secure')
})

test('taking it away has the same flags, or browsers would keep it', () => {
  const { exchange: asked, cookies } = exchange(true)
  clearSessionCookie(asked)
  expect(cookies).toEqual([
    'token=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax; Secure',
  ])
})

test.each([
  ['token=swy_a', 'swy_a'],
  ['a=b; token=swy_a; c=d', 'swy_a'],
  ['xtoken=no; token=swy_a', 'swy_a'],
  ['token=; other=1', null],
  ['tokens=x', null],
  [undefined, null],
])('%j holds the session %j', (cookie, session) => {
  expect(sessionCookie({ headers: { cookie } } as IncomingMessage)).toBe(session)
})

test.each([
  ['token=swy_a', undefined],
  ['a=b; token=swy_a; c=d', 'a=b; c=d'],
  ['token=swy_a; c=d', 'c=d'],
  ['a=b;token=swy_a', 'a=b'],
  ['xtoken=keep', 'xtoken=keep'],
])('%j goes to other servers as %j', (cookie, left) => {
  expect(withoutSession(cookie)).toBe(left)
})

test('the address is the socket’s, whatever headers claim', () => {
  const from = (remoteAddress: string): string =>
    clientAddress({ req: { socket: { remoteAddress }, headers: { 'x-forwarded-for': '9.9.9.9' } } } as never)
  expect(from('::ffff:192.168.1.7')).toBe('192.168.1.7')
  expect(from('fe80::1')).toBe('fe80::1')
})
