import { describe, expect, test } from 'vitest'
import { addressAdvice } from '../../../src/main/engine/connections/address/address-advice.ts'
import { readBaseAddress } from '../../../src/main/engine/connections/address/base-address.ts'
import type { RemoteProviderKind } from '../../../src/shared/connections.ts'

function refusal(provider: RemoteProviderKind, typed: string): string {
  try {
    readBaseAddress(provider, typed)
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_request', param: 'baseUrl' })
    return (error as Error).message
  }
  throw new Error(`accepted: ${typed}`)
}

describe('accepted addresses', () => {
  test.each([
    ['ollama', 'http://127.0.0.1:11434', 'http://127.0.0.1:11434', '127.0.0.1', 11434, false],
    ['ollama', '  HTTP://NAS.Local:11434///  ', 'http://nas.local:11434', 'nas.local', 11434, false],
    ['ollama', 'http://[FE80::1]:11434/', 'http://[fe80::1]:11434', 'fe80::1', 11434, false],
    ['openai', 'https://api.openai.com', 'https://api.openai.com', 'api.openai.com', 443, true],
    ['openai', 'https://api.openai.com:443/v1/', 'https://api.openai.com/v1', 'api.openai.com', 443, true],
    ['localai', 'http://box/v1', 'http://box/v1', 'box', 80, false],
    [
      'openai',
      'https://gateway.example/team%20a/v1',
      'https://gateway.example/team%20a/v1',
      'gateway.example',
      443,
      true,
    ],
  ] as const)('%s %s', (provider, typed, baseUrl, host, port, secure) => {
    expect(readBaseAddress(provider, typed)).toEqual({
      baseUrl,
      host,
      port,
      secure,
      notes: [],
      deployment: null,
      apiVersion: null,
    })
  })
})

describe('azure addresses are cut where the adapter goes on', () => {
  test.each([
    ['https://x.openai.azure.com', 'https://x.openai.azure.com', null, null],
    ['https://x.openai.azure.com/openai/', 'https://x.openai.azure.com', null, null],
    ['https://x.openai.azure.com/openai/v1', 'https://x.openai.azure.com/openai/v1', null, null],
    ['https://x.openai.azure.com/openai/v1/chat/completions', 'https://x.openai.azure.com/openai/v1', null, null],
    [
      'https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      'https://x.openai.azure.com',
      'gpt-4o',
      '2024-10-21',
    ],
    ['https://x.openai.azure.com/openai/deployments/my%20gpt', 'https://x.openai.azure.com', 'my gpt', null],
    ['https://x.openai.azure.com/openai/deployments/100%', 'https://x.openai.azure.com', '100%', null],
    ['https://apim.example/llm/openai/deployments/a/chat', 'https://apim.example/llm', 'a', null],
  ] as const)('%s', (typed, baseUrl, deployment, apiVersion) => {
    const read = readBaseAddress('azure', typed)
    expect(read).toMatchObject({ baseUrl, deployment, apiVersion })
    const isCut = typed.replace(/\/+$/, '') !== baseUrl
    expect(read.notes[0] ?? null).toBe(
      isCut ? `The address was cut to ${baseUrl}: the rest is added with each request.` : null,
    )
    if (deployment !== null) expect(read.notes).toContain(`The deployment ${deployment} was taken from it.`)
  })
})

describe('refused addresses say what to type', () => {
  test.each([
    ['ollama', '192.168.1.100:11434', 'Type http://192.168.1.100:11434 instead'],
    ['ollama', '192.168.1.100', 'Type http://192.168.1.100:11434 instead'],
    ['ollama', 'localhost:11434', 'Type http://localhost:11434 instead'],
    ['ollama', 'nas', 'Type http://nas:11434 instead'],
    ['ollama', '::1', 'Type http://[::1]:11434 instead'],
    ['openai', 'api.openai.com', 'Type https://api.openai.com/v1 instead'],
    ['openai', 'localhost:1234', 'Type http://localhost:1234/v1 instead'],
    ['openai', '//models.example/v1/', 'Type https://models.example/v1 instead'],
    ['localai', 'box.lan', 'Type http://box.lan:8080 instead'],
    ['anthropic', 'api.anthropic.com', 'Type https://api.anthropic.com instead'],
    ['openai', 'ws://models.example', 'not ws. Type an address that begins with http:// or https://'],
    ['openai', 'file:///etc/passwd', 'not file.'],
    ['openai', 'file:/etc/passwd', 'not file.'],
    ['openai', 'https://', 'This is not an address'],
    ['openai', 'http://a b', 'holds a space'],
    ['openai', 'http://host:99999', 'This is not an address'],
    ['openai', 'https://models.example/v1?key=abc', 'Leave that out: type https://models.example/v1.'],
    ['openai', 'https://models.example/v1#top', 'Leave that out: type https://models.example/v1.'],
    ['azure', 'https://x.openai.azure.com?api-version=1', 'Leave that out: type https://x.openai.azure.com.'],
  ] as const)('%s %s', (provider, typed, part) => {
    expect(refusal(provider, typed)).toContain(part)
  })

  test('a password in the address is not repeated', () => {
    const message = refusal('openai', 'https://anna:hunter22@models.example/v1')
    expect(message).toContain('Type https://models.example/v1 and enter what proves who you are as a key or a header')
    expect(message).not.toMatch(/anna|hunter22/)
    expect(refusal('openai', 'anna:hunter22@models.example')).not.toMatch(/anna|hunter22/)
    expect(refusal('openai', 'https://models.example/v1?key=hunter22')).not.toContain('hunter22')
  })
})

test.each([
  ['openai', 'https://api.openai.com', 'Type https://api.openai.com/v1'],
  ['openai', 'https://api.openai.com/v1', null],
  ['openai', 'https://models.example/v1/chat/completions', 'Type https://models.example/v1:'],
  ['openai', 'https://x.openai.azure.com/openai/v1', 'Choose the provider azure'],
  ['openai', 'https://api.anthropic.com/v1', 'Choose the provider anthropic'],
  ['localai', 'http://127.0.0.1:8080', null],
  ['ollama', 'http://127.0.0.1:11434/api', 'Type http://127.0.0.1:11434:'],
  ['ollama', 'http://127.0.0.1:11434/v1', 'Type http://127.0.0.1:11434:'],
  ['ollama', 'http://127.0.0.1:11434', null],
  ['anthropic', 'https://api.anthropic.com', null],
  ['azure', 'https://x.openai.azure.com', null],
] as const)('advice for %s %s', (provider, baseUrl, part) => {
  const advice = addressAdvice(provider, baseUrl)
  if (part === null) expect(advice).toBeNull()
  else expect(advice).toContain(part)
})
