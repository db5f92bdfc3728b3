import { expect, test } from 'vitest'
import { requestTarget } from '../../../src/main/gateway/request-target.ts'

test.each([
  ['/v1/models?a=/b//', '/v1/models', 'a=/b//'],
  ['/v1/models/', '/v1/models', ''],
  ['//v1//chat/completions', '/v1/chat/completions', ''],
  ['/health/', '/health', ''],
  ['/', '/', ''],
  ['http://127.0.0.1:4747/health?x', '/health', 'x'],
  ['HTTP://LocalHost', '/', ''],
  ['http://[::1]:1?x', '/', 'x'],
])('%s asks for the path %s', (url, path, query) => {
  expect(requestTarget(url)).toMatchObject({ path, query })
})

test.each([
  'http://evil.example/health',
  'http://127.0.0.1:4747.evil.example/health',
  'http://localhost@evil.example/health',
  'https://localhost/health',
  '*',
  'localhost:4747',
])('%s stays what it is: no path', (url) => {
  expect(requestTarget(url).path).toBe(url)
})

test.each(['//etc/passwd', '/icon.svg/', '//rpc/models/files'])(
  '%s, which is no address of the APIs, is not tidied into one that is something',
  (url) => {
    expect(requestTarget(url).path).toBe(url)
  },
)
