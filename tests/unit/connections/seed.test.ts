import { describe, expect, test } from 'vitest'
import { readSeed } from '../../../src/main/engine/connections/seed/read-seed.ts'
import { changedVariables, digestVariables } from '../../../src/main/engine/connections/seed/seed-digests.ts'

/** The seed in short: one line per connection. */
function seedOf(environment: Record<string, string>) {
  const { connections, families, problems } = readSeed(environment)
  return {
    connections: connections.map(({ config, keys }) => ({
      provider: config.provider,
      baseUrl: config.baseUrl,
      enabled: config.enabled,
      keys: keys.map(({ value }) => value),
    })),
    families: Object.fromEntries(families),
    problems,
  }
}

function line(provider: string, baseUrl: string, keys: string[] = [], enabled = true) {
  return { provider, baseUrl, enabled, keys }
}

const OPENAI = 'https://api.openai.com/v1'

test('nothing is seeded where nothing asks for it', () => {
  for (const environment of [
    {},
    { PATH: '/bin', OPENAI_API_KEY: '', OLLAMA_BASE_URLS: '  ' },
    { ENABLE_OPENAI: 'true', ENABLE_ANTHROPIC: 'true', AIOHTTP_CLIENT_TIMEOUT: '20', OPENAI_API_CONFIGS: '{}' },
  ]) {
    expect(seedOf(environment)).toEqual({ connections: [], families: {}, problems: [] })
  }
})

describe('Ollama', () => {
  test.each([
    [{ OLLAMA_BASE_URL: 'http://nas:11434/' }, ['http://nas:11434']],
    [{ OLLAMA_BASE_URLS: 'http://a:1; http://b:2;', OLLAMA_BASE_URL: 'http://c:3' }, ['http://a:1', 'http://b:2']],
    [{ OLLAMA_API_BASE_URL: 'http://old:11434/api' }, ['http://old:11434']],
    [{ OLLAMA_API_BASE_URL: 'http://old:11434/api', OLLAMA_BASE_URL: 'http://new:11434' }, ['http://new:11434']],
    [{ OLLAMA_BASE_URL: '/ollama' }, ['http://127.0.0.1:11434']],
    [{ ENABLE_OLLAMA: 'true' }, ['http://127.0.0.1:11434']],
  ] as [Record<string, string>, string[]][])('%j', (environment, urls) => {
    expect(seedOf(environment).connections).toEqual(urls.map((url) => line('ollama', url)))
  })

  test('entries are found by position or by address', () => {
    const { connections } = readSeed({
      OLLAMA_BASE_URLS: 'http://a:1;http://b:2;http://c:3',
      OLLAMA_API_CONFIGS: JSON.stringify({
        '0': { enable: false, key: 'k-ollama' },
        '1': { prefix_id: 'gpu', tags: ['big'], model_ids: ['m'], connection_type: 'external' },
        'http://c:3': { prefix_id: 'old' },
      }),
    })
    expect(connections.map(({ config }) => [config.enabled, config.prefixId, config.tags, config.modelIds])).toEqual([
      [false, null, [], []],
      [true, 'gpu', ['big'], ['m']],
      [true, 'old', [], []],
    ])
    expect(connections[0]?.keys).toEqual([{ id: null, value: 'k-ollama' }])
    expect(connections[1]?.config.connectionType).toBe('external')
  })
})

describe('OpenAI and its like', () => {
  test.each([
    [{ OPENAI_API_KEY: 'sk-1' }, [line('openai', OPENAI, ['sk-1'])]],
    [{ OPENAI_API_BASE_URL: 'http://vllm:8000/v1' }, [line('openai', 'http://vllm:8000/v1')]],
    [
      { OPENAI_API_KEY_2: 'sk-2', OPENAI_API_KEY_10: 'sk-10', OPENAI_API_KEY_1: 'sk-1' },
      [line('openai', OPENAI, ['sk-1', 'sk-2', 'sk-10'])],
    ],
    [
      { OPENAI_API_KEY: 'sk-1', OPENAI_API_KEY_1: 'sk-1', OPENAI_API_KEY_2: 'sk-2' },
      [line('openai', OPENAI, ['sk-1', 'sk-2'])],
    ],
    [{ OPENAI_API_KEYS: 'sk-1;sk-2' }, [line('openai', OPENAI, ['sk-1', 'sk-2'])]],
    [
      { OPENAI_API_BASE_URLS: `http://vllm:8000/v1;${OPENAI};`, OPENAI_API_KEYS: ';sk-1', OPENAI_API_KEY_1: 'sk-2' },
      [line('openai', 'http://vllm:8000/v1'), line('openai', OPENAI, ['sk-1', 'sk-2'])],
    ],
    [
      { OPENAI_API_BASE_URLS: 'https://x.openai.azure.com;https://api.anthropic.com/v1', OPENAI_API_KEYS: 'a;b' },
      [line('azure', 'https://x.openai.azure.com', ['a']), line('anthropic', 'https://api.anthropic.com/v1', ['b'])],
    ],
    [
      {
        OPENAI_API_BASE_URL: 'https://llm.example',
        OPENAI_API_KEY: 'a',
        OPENAI_API_CONFIGS: '{"0":{"azure":true,"api_version":"2024-10-21","model_ids":["gpt"]}}',
      },
      [line('azure', 'https://llm.example', ['a'])],
    ],
  ] as [Record<string, string>, unknown[]][])('%j', (environment, expected) => {
    expect(seedOf(environment)).toEqual({ connections: expected, families: {}, problems: [] })
  })

  test('more keys than addresses are told, not guessed', () => {
    const { connections, problems } = seedOf({
      OPENAI_API_BASE_URLS: 'http://a/v1;http://b/v1',
      OPENAI_API_KEYS: 'k1;k2;k3',
    })
    expect(connections.map(({ keys }) => keys)).toEqual([['k1'], ['k2']])
    expect(problems).toEqual([
      { variable: 'OPENAI_API_KEYS', reason: 'holds 3 keys for 2 addresses; the last ones are left out' },
    ])
  })
})

test('Anthropic and LocalAI', () => {
  expect(
    seedOf({ ANTHROPIC_API_KEY: 'ant', LOCALAI_BASE_URL: 'http://127.0.0.1:8080/', ENABLE_LOCALAI: 'false' })
      .connections,
  ).toEqual([
    line('anthropic', 'https://api.anthropic.com', ['ant']),
    line('localai', 'http://127.0.0.1:8080', [], false),
  ])
  expect(seedOf({ ANTHROPIC_BASE_URL: 'https://proxy.example/anthropic', ENABLE_LOCALAI: 'yes' }).connections).toEqual([
    line('anthropic', 'https://proxy.example/anthropic'),
    line('localai', 'http://127.0.0.1:8080'),
  ])
})

test('switches: families as Open WebUI means them, providers by their own', () => {
  expect(
    seedOf({ ENABLE_OLLAMA_API: 'False', ENABLE_OPENAI_API: 'true', ENABLE_OPENAI: '0', OPENAI_API_KEY: 'sk-1' }),
  ).toEqual({
    connections: [line('openai', OPENAI, ['sk-1'], false)],
    families: { ollama: false, openai: true },
    problems: [],
  })
  // Switched on by name, the server beside us is what is meant.
  expect(seedOf({ ENABLE_OLLAMA_API: 'true' }).connections).toEqual([line('ollama', 'http://127.0.0.1:11434')])
})

test('limits hold for every seeded connection', () => {
  const limits = (environment: Record<string, string>) => {
    const [first] = readSeed({ OLLAMA_BASE_URL: 'http://a:1', ...environment }).connections
    return [first?.config.timeouts, first?.config.probeSeconds]
  }
  const usual = { connectMs: 5_000, firstByteMs: 300_000, idleMs: 120_000 }
  const both = (ms: number) => ({ connectMs: 5_000, firstByteMs: ms, idleMs: ms })
  expect(limits({})).toEqual([usual, null])
  expect(limits({ REQUEST_TIMEOUT: '90', MODELS_CACHE_TTL: '2.5' })).toEqual([both(90_000), 2.5])
  expect(limits({ REQUEST_TIMEOUT: '90', AIOHTTP_CLIENT_TIMEOUT: '60', MODELS_CACHE_TTL: '0' })).toEqual([
    both(60_000),
    null,
  ])
  expect(limits({ AIOHTTP_CLIENT_TIMEOUT: '0', MODELS_CACHE_TTL: '-1' })).toEqual([both(86_400_000), null])
})

test('what makes no sense is named without its text, and the rest is seeded', () => {
  const seed = seedOf({
    OLLAMA_BASE_URLS: '192.168.1.100:11434;http://b:2',
    OLLAMA_API_CONFIGS: '{"1": {"enable": "canary"}}',
    OPENAI_API_KEY: 'sk canary',
    OPENAI_API_CONFIGS: '[canary',
    AIOHTTP_CLIENT_TIMEOUT: 'canary',
    ENABLE_OLLAMA_API: 'canary',
  })
  expect(seed.connections).toEqual([line('ollama', 'http://b:2')])
  expect(seed.families).toEqual({})
  expect(seed.problems.map(({ variable }) => variable).sort()).toEqual([
    'AIOHTTP_CLIENT_TIMEOUT',
    'ENABLE_OLLAMA_API',
    'OLLAMA_API_CONFIGS',
    'OLLAMA_BASE_URLS',
    'OPENAI_API_CONFIGS',
    'OPENAI_API_KEY',
  ])
  expect(JSON.stringify(seed.problems)).not.toContain('canary')
  expect(seed.problems.find(({ variable }) => variable === 'OLLAMA_BASE_URLS')?.reason).toContain(
    'Type http://192.168.1.100:11434',
  )
})

test('digests tell changed and new variables, not removed ones, and hold no text', () => {
  const before = new Map([
    ['OPENAI_API_KEY', 'sk-canary'],
    ['OLLAMA_BASE_URL', 'http://a:1'],
  ])
  const digests = digestVariables(before)
  expect(JSON.stringify([...digests])).not.toContain('canary')
  expect(changedVariables(digests, before)).toEqual([])
  expect(changedVariables(digests, new Map([['OLLAMA_BASE_URL', 'http://a:1']]))).toEqual([])
  expect(
    changedVariables(
      digests,
      new Map([
        ['OPENAI_API_KEY', 'sk-other'],
        ['OLLAMA_BASE_URL', 'http://a:1'],
        ['ANTHROPIC_API_KEY', 'x'],
      ]),
    ),
  ).toEqual(['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'])
})
