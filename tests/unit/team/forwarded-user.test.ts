import { jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { ANONYMOUS, OWNER, type Principal } from '../../../src/main/engine/spec/principal.ts'
import { createUserInfoHeaders } from '../../../src/main/engine/team/index.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const ada: Principal = {
  ...OWNER,
  id: 'p-1',
  kind: 'person',
  role: 'user',
  name: 'Ada Łovelace (x)',
  email: 'ada@example.com',
}
const clock = createManualClock()
const on = { ENABLE_FORWARD_USER_INFO_HEADERS: 'True' }

test('is off by default', async () => {
  expect(await createUserInfoHeaders({ environment: {}, clock })(ada, { chatId: 'c' })).toEqual({})
  const environment = { FORWARD_USER_INFO_HEADER_JWT_SECRET: 'secret' }
  expect(await createUserInfoHeaders({ environment, clock })(ada)).toEqual({})
})

test('tells who asks, the name in percent-encoded UTF-8 with its spaces', () => {
  const headers = createUserInfoHeaders({ environment: on, clock })
  expect(headers(ada, { chatId: 'c-1', messageId: 'm-1' })).toEqual({
    'x-openwebui-user-name': 'Ada %C5%81ovelace %28x%29',
    'x-openwebui-user-id': 'p-1',
    'x-openwebui-user-email': 'ada@example.com',
    'x-openwebui-user-role': 'user',
    'x-openwebui-chat-id': 'c-1',
    'x-openwebui-message-id': 'm-1',
  })
  expect(headers(OWNER)).toEqual({
    'x-openwebui-user-name': 'owner',
    'x-openwebui-user-id': 'owner',
    'x-openwebui-user-role': 'admin',
  })
  expect(headers(ANONYMOUS)).toEqual({})
})

test('under other names', () => {
  const environment = {
    ...on,
    FORWARD_USER_INFO_HEADER_USER_NAME: 'X-Name',
    FORWARD_USER_INFO_HEADER_USER_ID: 'X-Id',
    FORWARD_USER_INFO_HEADER_USER_EMAIL: 'X-Email',
    FORWARD_USER_INFO_HEADER_USER_ROLE: 'X-Role',
    FORWARD_SESSION_INFO_HEADER_CHAT_ID: 'X-Chat',
    FORWARD_SESSION_INFO_HEADER_MESSAGE_ID: 'X-Message',
  }
  const headers = createUserInfoHeaders({ environment, clock })(ada, { chatId: 'c', messageId: 'm' })
  expect(Object.keys(headers)).toEqual(['x-name', 'x-id', 'x-email', 'x-role', 'x-chat', 'x-message'])
})

test('as a signed token, the same one for four minutes and a new one for whoever changed', async () => {
  const own = createManualClock()
  const environment = { ...on, FORWARD_USER_INFO_HEADER_JWT_SECRET: 'a secret' }
  const headers = createUserInfoHeaders({ environment, clock: own })
  const first = await headers(ada, { chatId: 'c' })
  expect(Object.keys(first)).toEqual(['x-openwebui-user-jwt'])
  const token = first['x-openwebui-user-jwt'] ?? ''
  const currentDate = new Date(own.now())
  const key = new TextEncoder().encode('a secret')
  const { payload, protectedHeader } = await jwtVerify(token, key, { currentDate })
  const iat = own.now() / 1000
  expect(protectedHeader.alg).toBe('HS256')
  expect(payload).toEqual({
    sub: 'p-1',
    email: 'ada@example.com',
    name: 'Ada Łovelace (x)',
    role: 'user',
    iss: 'open-webui',
    iat,
    exp: iat + 300,
  })
  own.advance(239_000)
  expect(headers(ada)).toBe(first)
  expect(await headers({ ...ada, role: 'admin' })).not.toEqual(first)
  own.advance(1_000)
  expect(await headers(ada)).not.toEqual(first)
  expect(await headers(ANONYMOUS)).toEqual({})
  await expect(jwtVerify(token, new TextEncoder().encode('another'), { currentDate })).rejects.toThrow()
})
