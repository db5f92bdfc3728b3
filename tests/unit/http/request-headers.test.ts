import { describe, expect, it } from 'vitest'
import { cleanHeaderValue, fillTemplate } from '../../../src/main/engine/http/header-value.ts'
import { createRequestHeaders, type RequestHeadersOptions } from '../../../src/main/engine/http/request-headers.ts'
import type { UpstreamRequest } from '../../../src/main/engine/spec/upstream.ts'

const ask = (more: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  method: 'GET',
  path: '/',
  signal: new AbortController().signal,
  ...more,
})

function headersOf(
  {
    provider = 'openai',
    auth,
    keys = ['k-1', 'k-2'],
    custom = {},
  }: {
    provider?: RequestHeadersOptions['config']['provider']
    auth?: Partial<RequestHeadersOptions['config']['auth']>
    keys?: string[]
    custom?: Record<string, string>
  },
  request: Partial<UpstreamRequest> = {},
): Record<string, string> {
  const made = createRequestHeaders({
    config: { provider, auth: { type: 'bearer', headerName: null, ...auth } },
    keys,
    custom,
    entraToken: () => Promise.reject(new Error('not asked for')),
  }).for(ask(request))
  if (!Array.isArray(made)) throw new Error('a promise')
  const entries: [string, string][] = []
  for (let at = 0; at < made.length; at += 2) entries.push([made[at] as string, made[at + 1] as string])
  expect(new Set(entries.map(([name]) => name)).size).toBe(entries.length)
  return Object.fromEntries(entries)
}

const always = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Switchyard' }

describe('credentials', () => {
  it.each([
    ['openai', { authorization: 'Bearer k-1' }],
    ['localai', { authorization: 'Bearer k-1' }],
    ['ollama', { authorization: 'Bearer k-1' }],
    ['azure', { 'api-key': 'k-1' }],
    ['anthropic', { 'x-api-key': 'k-1', 'anthropic-version': '2023-06-01' }],
  ] as const)('bearer means for %s what it expects', (provider, expected) => {
    expect(headersOf({ provider })).toEqual({ ...always, ...expected })
  })

  it('sends nothing without a key, and with auth type none', () => {
    expect(headersOf({ keys: [] })).toEqual(always)
    expect(headersOf({ auth: { type: 'none' } })).toEqual(always)
    expect(headersOf({ provider: 'anthropic', keys: [] })).toEqual({ ...always, 'anthropic-version': '2023-06-01' })
  })

  it('takes the key that is asked for', () => {
    expect(headersOf({}, { key: 1 }).authorization).toBe('Bearer k-2')
    expect(headersOf({}, { key: 7 }).authorization).toBeUndefined()
  })

  it('puts the key in a named header as it is', () => {
    expect(headersOf({ auth: { type: 'header', headerName: 'X-Auth-Token' } })).toEqual({
      ...always,
      'x-auth-token': 'k-1',
    })
    expect(headersOf({ auth: { type: 'header', headerName: 'Authorization' } }).authorization).toBe('k-1')
    expect(headersOf({ auth: { type: 'header', headerName: null } })).toEqual(always)
    expect(headersOf({ auth: { type: 'header', headerName: 'Host' } })).toEqual(always)
  })

  it('forwards the caller’s cookies or token, and only with the type for it', () => {
    const context = { cookie: 'token=abc', oauthToken: 'oauth' }
    expect(headersOf({ auth: { type: 'session' } }, { context })).toEqual({ ...always, cookie: 'token=abc' })
    expect(headersOf({ auth: { type: 'system_oauth' } }, { context })).toEqual({
      ...always,
      authorization: 'Bearer oauth',
    })
    expect(headersOf({ auth: { type: 'session' } })).toEqual(always)
    expect(headersOf({}, { context })).toEqual({ ...always, authorization: 'Bearer k-1' })
  })

  it('waits for a Microsoft token, and sends no key beside it', async () => {
    const headers = createRequestHeaders({
      config: { provider: 'azure', auth: { type: 'microsoft_entra_id', headerName: null } },
      keys: ['k-1'],
      custom: {},
      entraToken: () => Promise.resolve('entra'),
    })
    const list = await headers.for(ask())
    expect(list).toContain('Bearer entra')
    expect(list).not.toContain('api-key')
  })
})

describe('custom headers', () => {
  it('win over ours, but for what the transport decides', () => {
    const custom = {
      Authorization: 'Bearer mine',
      'User-Agent': 'me',
      'Accept-Encoding': 'gzip',
      Host: 'evil.example',
      'Content-Length': '1',
      Connection: 'close',
      'Transfer-Encoding': 'chunked',
      'bad name': 'x',
      'X-Own': 'yes',
    }
    expect(headersOf({ custom }, { headers: { 'x-own': 'no', 'x-other': '1' } })).toEqual({
      accept: '*/*',
      'accept-encoding': 'gzip',
      'user-agent': 'me',
      authorization: 'Bearer mine',
      'x-own': 'yes',
      'x-other': '1',
    })
  })

  it('know the caller, differently for each request', () => {
    const custom = { 'X-User': '{{USER_ID}}/{{ USER_NAME }}', 'X-Chat': 'chat-{{CHAT_ID}}' }
    const variables = () => ({ USER_ID: '7', USER_NAME: 'Jürgen 日' })
    expect(headersOf({ custom }, { context: { variables } })).toMatchObject({
      'x-user': '7/Jürgen %E6%97%A5',
      'x-chat': 'chat-',
    })
    expect(headersOf({ custom })['x-user']).toBe('/')
  })

  it('never let a value start a header of its own', () => {
    const custom = { 'X-User': '{{USER_NAME}}' }
    const variables = () => ({ USER_NAME: 'x\r\nHost: evil\u0000\n' })
    expect(headersOf({ custom, keys: ['k-1\r\nX-Evil: 1'] }, { context: { variables } })).toEqual({
      ...always,
      authorization: 'Bearer k-1 X-Evil: 1',
      'x-user': 'x Host: evil',
    })
    expect(headersOf({ auth: { type: 'session' } }, { context: { cookie: 'a=1\r\nHost: evil' } }).cookie).toBe(
      'a=1 Host: evil',
    )
  })

  it('templates know no inherited names and are filled once', () => {
    expect(fillTemplate('{{CONSTRUCTOR}}{{A}}', { A: '{{B}}', B: 'x' })).toBe('{{B}}')
    expect(fillTemplate('{{unknown}} {{1}}', {})).toBe('{{unknown}} {{1}}')
    expect(cleanHeaderValue('half \ud83d a pair')).toBe('half %EF%BF%BD a pair')
  })
})

it('a body has a content type, unless the request names another', () => {
  expect(headersOf({}, { body: '{}' })['content-type']).toBe('application/json')
  expect(headersOf({}, { body: '{}', headers: { 'content-type': 'text/plain' } })['content-type']).toBe('text/plain')
  expect(headersOf({})['content-type']).toBeUndefined()
  expect(headersOf({}, { body: '{}', headers: { 'content-length': '99' } })['content-length']).toBeUndefined()
})

it('the same list is used for every request that has nothing of its own', () => {
  const headers = createRequestHeaders({
    config: { provider: 'openai', auth: { type: 'bearer', headerName: null } },
    keys: ['a', 'b'],
    custom: { 'x-a': '1' },
    entraToken: () => Promise.reject(new Error('not asked for')),
  })
  expect(headers.for(ask({ body: '1' }))).toBe(headers.for(ask({ body: '2', key: 0 })))
  expect(headers.for(ask({ body: '1' }))).not.toBe(headers.for(ask({ body: '1', key: 1 })))
  expect(headers.for(ask())).not.toContain('content-type')
})

describe('who asks', () => {
  const forwarded = { 'x-openwebui-user-id': 'p-1', 'X-OpenWebUI-User-Name': 'Jürgen 日' }

  it('is told with each request that knows it', () => {
    expect(headersOf({}, { context: { forwarded } })).toEqual({
      ...always,
      authorization: 'Bearer k-1',
      'x-openwebui-user-id': 'p-1',
      'x-openwebui-user-name': 'Jürgen %E6%97%A5',
    })
    expect(headersOf({}, { body: '{}', context: { forwarded } })['content-type']).toBe('application/json')
    expect(headersOf({}, { context: {} })).toEqual({ ...always, authorization: 'Bearer k-1' })
  })

  it('never takes the place of credentials, custom headers, ours, or what the transport decides', () => {
    const names = {
      authorization: 'x',
      'x-own': 'x',
      'user-agent': 'x',
      host: 'x',
      'content-length': '1',
      'bad name': 'x',
    }
    const custom = { 'X-Own': 'mine' }
    expect(headersOf({ custom }, { context: { forwarded: names } })).toEqual({
      ...always,
      authorization: 'Bearer k-1',
      'x-own': 'mine',
    })
    expect(
      headersOf(
        { provider: 'anthropic' },
        { headers: { 'x-b': '1' }, context: { forwarded: { 'x-api-key': 'x', 'x-b': '2' } } },
      ),
    ).toEqual({ ...always, 'anthropic-version': '2023-06-01', 'x-api-key': 'k-1', 'x-b': '1' })
  })

  it('leaves the lists of requests without it as they were', () => {
    const headers = createRequestHeaders({
      config: { provider: 'openai', auth: { type: 'bearer', headerName: null } },
      keys: ['a'],
      custom: {},
      entraToken: () => Promise.reject(new Error('not asked for')),
    })
    const before = headers.for(ask())
    expect(headers.for(ask({ context: { forwarded } }))).toContain('p-1')
    expect(headers.for(ask())).toBe(before)
    expect(before).not.toContain('p-1')
  })
})
