import { describe, expect, test } from 'vitest'
import { lastFour, maskHeaders, maskOf } from '../../../src/main/engine/connections/mask.ts'
import { readInput, type StoredSecrets } from '../../../src/main/engine/connections/read-input.ts'
import type { ConnectionInput } from '../../../src/shared/connections.ts'

const BASE: ConnectionInput = { provider: 'openai', baseUrl: 'https://models.example/v1' }
const PIN = 'ab'.repeat(32)

function read(more: Partial<ConnectionInput>, stored: StoredSecrets | null = null) {
  return readInput({ ...BASE, ...more }, stored)
}

test('an input is tidied', () => {
  const accepted = read({
    name: ' Work ',
    prefixId: ' work ',
    tags: ['a', ' a ', 'b'],
    modelIds: ['m1', 'm1', ' m2'],
    apiVersion: '',
    fingerprint: `SHA256 Fingerprint=${PIN.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')}`,
    keys: [{ value: ' sk-12345678\n' }],
    headers: { 'X-Team': ' {{USER_NAME}} ' },
    auth: { type: 'bearer', headerName: 'X-Forgotten' },
  })
  expect(accepted.config).toMatchObject({
    name: 'Work',
    prefixId: 'work',
    tags: ['a', 'b'],
    modelIds: ['m1', 'm2'],
    apiVersion: null,
    fingerprint: PIN,
    auth: { type: 'bearer', headerName: null },
  })
  expect(accepted.keys).toEqual([{ id: null, value: 'sk-12345678' }])
  expect(accepted.headers).toEqual({ 'X-Team': '{{USER_NAME}}' })
  expect(accepted.config).not.toHaveProperty('headers')
})

test('what a pasted azure address names is taken over, and what was typed stands', () => {
  const baseUrl = 'https://x.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21'
  expect(readInput({ provider: 'azure', baseUrl }, null).config).toMatchObject({
    baseUrl: 'https://x.openai.azure.com',
    modelIds: ['gpt'],
    apiVersion: '2024-10-21',
  })
  const typed = readInput({ provider: 'azure', baseUrl, modelIds: ['other'], apiVersion: '2025-01-01' }, null)
  expect(typed.config).toMatchObject({ modelIds: ['other'], apiVersion: '2025-01-01' })
})

describe('what is refused, by field', () => {
  test.each([
    [{ keys: [{ value: 'sk-1' }, { value: 'sk-1 ' }] }, 'keys[1]', 'the same as an earlier one'],
    [{ keys: [{ value: '   ' }] }, 'keys[0].value', 'is empty'],
    [{ keys: [{ value: 'sk-1\nsk-2' }] }, 'keys[0].value', 'line break'],
    [{ keys: [{ value: '••••1234' }] }, 'keys[0].value', 'a letter that a key cannot have'],
    [{ keys: [{ keep: 'k9' }] }, 'keys[0].keep', 'there is no such key'],
    [{ auth: { type: 'header' } }, 'auth.headerName', 'in which header'],
    [{ auth: { type: 'header', headerName: 'X Key' } }, 'auth.headerName', 'no space or colon'],
    [{ headers: { 'X:Key': 'a' } }, 'headers.X:Key', 'no space or colon'],
    [{ headers: { Host: 'evil' } }, 'headers.Host', 'belongs to the request itself'],
    [{ headers: { 'X-A': 'a\r\nX-B: b' } }, 'headers.X-A', 'line break'],
    [{ headers: { 'X-A': 'a', 'x-a': 'b' } }, 'headers.x-a', 'there twice'],
    [{ headers: { 'X-Key': '••••abcd' } }, 'headers.X-Key', 'not known any more'],
    [{ prefixId: 'my gpu' }, 'prefixId', 'cannot hold a space'],
    [{ fingerprint: 'ab:cd' }, 'fingerprint', '64 digits'],
    [{ apiVersion: '2024 10' }, 'apiVersion', 'looks like 2024-10-21'],
    [{ baseUrl: '192.168.1.100:8000' }, 'baseUrl', 'Type http://192.168.1.100:8000/v1 instead'],
    [{ priority: 5000 }, 'priority', 'at most 1000'],
    [{ provider: 'llama' as 'openai' }, 'provider', 'must be one of'],
  ] satisfies [Partial<ConnectionInput>, string, string][])('%j', (more, param, part) => {
    expect(() => read(more)).toThrow(
      expect.objectContaining({ code: 'invalid_request', param, message: expect.stringContaining(part) as string }),
    )
  })

  test.each([{ keys: [{ value: 'canary one' }] }, { headers: { 'X-A': 'canary\none' } }])(
    'and a secret is not repeated: %#',
    (more) => {
      let shown = ''
      try {
        read(more)
      } catch (error) {
        shown = JSON.stringify([error, (error as Error).message])
      }
      expect(shown).toContain('invalid_request')
      expect(shown).not.toContain('canary')
    },
  )
})

describe('stored secrets', () => {
  const stored: StoredSecrets = {
    keys: [
      { id: 'k1', value: 'sk-first-1111' },
      { id: 'k2', value: 'short' },
      { id: 'k3', value: null },
    ],
    headers: { 'X-Api-Key': 'header-secret-9999', 'X-Team': 'blue' },
  }

  test('keys are kept by id or by the mask that was shown, in the new order', () => {
    const { keys } = read({ keys: [{ value: 'sk-new' }, { keep: 'k2' }, { value: '••••1111' }] }, stored)
    expect(keys).toEqual([
      { id: null, value: 'sk-new' },
      { id: 'k2', value: 'short' },
      { id: 'k1', value: 'sk-first-1111' },
    ])
  })

  test('a new key that equals a kept one is refused, and so is one that cannot be opened', () => {
    expect(() => read({ keys: [{ keep: 'k1' }, { value: 'sk-first-1111' }] }, stored)).toThrow(/Key 2 is the same/)
    expect(() => read({ keys: [{ keep: 'k3' }] }, stored)).toThrow(/cannot be opened. Enter it again/)
  })

  test('a header value equal to its mask keeps the stored one; another replaces it', () => {
    expect(read({ headers: { 'x-api-key': '••••9999', 'X-Team': 'red' } }, stored).headers).toEqual({
      'x-api-key': 'header-secret-9999',
      'X-Team': 'red',
    })
    expect(() => read({ headers: { 'X-Api-Key': '••••0000' } }, stored)).toThrow(/not known any more/)
    expect(() => read({ headers: { 'X-Api-Key': '••••' } }, { keys: [], headers: null })).toThrow(/Enter it again/)
  })
})

test('masks: last four of long secrets, nothing of short ones, plain headers as they are', () => {
  expect([maskOf(lastFour('sk-12345678')), maskOf(lastFour('1234567')), maskOf(lastFour('12345678'))]).toEqual([
    '••••5678',
    '••••',
    '••••5678',
  ])
  const values = {
    authorization: 'Bearer 12345678',
    'X-API-KEY': 'tiny',
    'X-Auth-Token': 'tttttttt9999',
    Cookie: 'a=b; c=dddd',
    'X-Team': 'blue',
    'Client-Secret': 'zzzzzzzzzzzz',
  }
  expect(maskHeaders(Object.keys(values), values)).toEqual({
    authorization: '••••5678',
    'X-API-KEY': '••••',
    'X-Auth-Token': '••••9999',
    Cookie: '••••dddd',
    'X-Team': 'blue',
    'Client-Secret': '••••zzzz',
  })
  expect(maskHeaders(['X-Team'], null)).toEqual({ 'X-Team': '••••' })
})
