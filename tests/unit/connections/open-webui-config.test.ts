import { describe, expect, test } from 'vitest'
import {
  entryAt,
  fromOpenWebUiConfig,
  toOpenWebUiConfig,
} from '../../../src/main/engine/wire/open-webui/connection-config.ts'
import { type ConnectionView, connectionConfigSchema } from '../../../src/shared/connections.ts'

function stored(config: object, keys: ConnectionView['keys'] = []): Pick<ConnectionView, 'config' | 'keys'> {
  return { config: connectionConfigSchema.parse(config), keys }
}

test('an Ollama entry becomes a connection', () => {
  const entry = {
    enable: false,
    tags: [{ name: 'gpu' }, 'fast'],
    prefix_id: 'gpu',
    model_ids: ['llama3.2:latest'],
    connection_type: 'external',
    auth_type: 'bearer',
    key: 'ollama-key',
    headers: { 'X-Team': 'blue', 'X-Number': 7 },
    something_newer: { kept: 'away' },
  }
  expect(fromOpenWebUiConfig({ family: 'ollama', url: 'http://nas:11434', entry })).toEqual({
    provider: 'ollama',
    enabled: false,
    baseUrl: 'http://nas:11434',
    auth: { type: 'bearer', headerName: null },
    headers: { 'X-Team': 'blue', 'X-Number': '7' },
    prefixId: 'gpu',
    tags: ['gpu', 'fast'],
    modelIds: ['llama3.2:latest'],
    connectionType: 'external',
    apiVersion: null,
    apiType: 'chat',
    passthroughParams: [],
    keys: [{ value: 'ollama-key' }],
  })
})

test('no entry means defaults', () => {
  const made = fromOpenWebUiConfig({ family: 'openai', url: 'https://models.example/v1', entry: null, key: '' })
  expect(made).toMatchObject({ provider: 'openai', enabled: true, prefixId: null, connectionType: null, keys: [] })
})

describe('the kind of an OpenAI connection', () => {
  test.each([
    ['https://models.example/v1', {}, 'openai'],
    ['https://models.example/v1', { provider: 'llama.cpp' }, 'openai'],
    ['https://models.example', { azure: true }, 'azure'],
    ['https://models.example', { provider: 'azure' }, 'azure'],
    ['https://x.openai.azure.com', {}, 'azure'],
    ['https://api.anthropic.com/v1', {}, 'anthropic'],
    ['https://proxy.example', { provider: 'anthropic' }, 'anthropic'],
    ['http://127.0.0.1:8080/v1', { provider: 'localai' }, 'localai'],
  ])('%s %j is %s', (url, entry, provider) => {
    expect(fromOpenWebUiConfig({ family: 'openai', url, entry }).provider).toBe(provider)
  })

  test('a client that leaves the kind out does not change it, unless the address does', () => {
    const existing = stored({ provider: 'localai', baseUrl: 'http://box:8080/v1' })
    expect(fromOpenWebUiConfig({ family: 'openai', url: 'http://box:8080/v1/', entry: {}, existing }).provider).toBe(
      'localai',
    )
    expect(fromOpenWebUiConfig({ family: 'openai', url: 'http://other/v1', entry: {}, existing }).provider).toBe(
      'openai',
    )
    const cleared = { provider: '' }
    expect(
      fromOpenWebUiConfig({ family: 'openai', url: 'http://box:8080/v1', entry: cleared, existing }).provider,
    ).toBe('openai')
  })
})

test('Open WebUI’s word for a compatible server is kept until a client says another', () => {
  const url = 'http://box:4000/v1'
  const wordAfter = (entry: object): string | null | undefined => {
    const existing = stored({ provider: 'openai', baseUrl: url, compatibleKind: 'llama.cpp' })
    return fromOpenWebUiConfig({ family: 'openai', url, entry, existing }).compatibleKind
  }
  expect([{}, { provider: 'litellm' }, { provider: '' }, { provider: 'openai' }].map(wordAfter)).toEqual([
    'llama.cpp',
    'litellm',
    null,
    null,
  ])
  expect(wordAfter({ provider: 'azure' })).toBeUndefined()
})

test.each([
  [{ tags: 'gpu' }, 'tags'],
  [{ auth_type: 'magic' }, 'auth_type'],
  [{ enable: 'yes' }, 'enable'],
  [{ headers: { a: [] } }, 'headers.a'],
  [[], ''],
])('a wrong entry is refused by field: %j', (entry, param) => {
  expect(() => fromOpenWebUiConfig({ family: 'openai', url: 'http://a/v1', entry })).toThrow(
    expect.objectContaining({ code: 'invalid_request', ...(param === '' ? {} : { param }) }),
  )
})

describe('there and back', () => {
  test.each([
    { provider: 'ollama', baseUrl: 'http://nas:11434', tags: ['gpu'], prefixId: 'gpu', connectionType: 'local' },
    {
      provider: 'azure',
      baseUrl: 'https://x.openai.azure.com',
      apiVersion: '2024-10-21',
      modelIds: ['gpt'],
      auth: { type: 'microsoft_entra_id' },
      connectionType: 'external',
    },
    { provider: 'openai', baseUrl: 'http://box:4000/v1', compatibleKind: 'litellm', connectionType: 'external' },
    { provider: 'anthropic', baseUrl: 'https://proxy.example', passthroughParams: ['*'], connectionType: 'external' },
    {
      provider: 'localai',
      baseUrl: 'http://box:8080/v1',
      auth: { type: 'header', headerName: 'X-Key' },
      apiType: 'responses',
      connectionType: 'local',
      headers: { 'X-Team': 'blue', 'X-Key': '••••' },
    },
  ])('$provider', (config) => {
    const before = stored(
      {
        ...config,
        name: 'Mine',
        priority: 7,
        weight: 3,
        probeSeconds: 5,
        fingerprint: 'ab'.repeat(32),
        visibility: 'everyone',
        enabled: false,
      },
      [
        { id: 'k1', mask: '••••1111' },
        { id: 'k2', mask: '••••2222' },
      ],
    )
    const entry = toOpenWebUiConfig(before)
    const family = config.provider === 'ollama' ? 'ollama' : 'openai'
    const { keys, ...made } = fromOpenWebUiConfig({
      family,
      url: config.baseUrl,
      entry: JSON.parse(JSON.stringify(entry)) as unknown,
      ...(family === 'openai' ? { key: '••••1111' } : {}),
      existing: before,
    })
    expect(connectionConfigSchema.parse(made)).toEqual(before.config)
    expect(keys).toEqual([{ keep: 'k1' }, { keep: 'k2' }])
  })

  test('another key replaces all, an empty one removes them', () => {
    const existing = stored({ provider: 'openai', baseUrl: 'http://a/v1' }, [{ id: 'k1', mask: '••••1111' }])
    const keysFor = (key: string) =>
      fromOpenWebUiConfig({ family: 'openai', url: 'http://a/v1', entry: {}, key, existing }).keys
    expect([keysFor('sk-new'), keysFor(''), keysFor('••••1111')]).toEqual([[{ value: 'sk-new' }], [], [{ keep: 'k1' }]])
  })
})

describe('another address in the place of one', () => {
  const made = (name: string, url: string) =>
    fromOpenWebUiConfig({
      family: 'openai',
      url,
      entry: {},
      existing: stored({ provider: 'openai', baseUrl: 'https://old:8443/v1', name, fingerprint: 'ab'.repeat(32) }),
    })

  test('another host gets neither the pinned certificate nor a name that says the old one', () => {
    for (const name of ['old', 'old:8443', 'https://old:8443/v1', 'OLD']) {
      expect(made(name, 'https://new/v1')).toMatchObject({ fingerprint: null, name: '' })
    }
    expect(made('Mine', 'https://new/v1')).toMatchObject({ fingerprint: null, name: 'Mine' })
  })

  test('another path of the same host keeps both', () => {
    expect(made('old', 'https://old:8443/v2')).toMatchObject({ fingerprint: 'ab'.repeat(32), name: 'old' })
  })
})

test('entries are found by index, and in old configurations by address', () => {
  const configs = { '1': { enable: false }, 'http://a': { prefix_id: 'a' } }
  expect(entryAt(configs, 1, 'http://b')).toEqual({ enable: false })
  expect(entryAt(configs, 0, 'http://a')).toEqual({ prefix_id: 'a' })
  expect(entryAt(configs, 5, 'http://c')).toBeNull()
})
