import { describe, expect, test } from 'vitest'
import type { ChatRequest } from '../../../src/main/engine/spec/chat-request.ts'
import { OWNER } from '../../../src/main/engine/spec/principal.ts'
import type { PassThroughEndpoint } from '../../../src/main/engine/spec/provider-adapter.ts'
import { decodeAnthropicMessages } from '../../../src/main/engine/wire/anthropic/client-request.ts'
import { decodeOllamaChat } from '../../../src/main/engine/wire/ollama/chat-request.ts'
import { decodeOpenAiChat } from '../../../src/main/engine/wire/openai/chat-request.ts'
import type { ModelDefaults, Preset } from '../../../src/shared/presets.ts'
import { fakeModel } from '../../support/fake-engine.ts'
import { NO_DEFAULTS, resolverOver, testPreset } from '../../support/test-access.ts'

type Body = Readonly<Record<string, unknown>>

const context = { principal: { ...OWNER, name: 'Ada' } }

function laidOver(
  endpoint: PassThroughEndpoint,
  body: Body,
  records: Partial<Preset>[],
  params: ModelDefaults['params'] = {},
) {
  const chain = records.map((fields, index) =>
    testPreset(`p${index}`, { baseModelId: index + 1 < records.length ? `p${index + 1}` : 'base', ...fields }),
  )
  const catalog = { find: (id: string) => (id === 'base' ? fakeModel('base') : null) }
  const resolver = resolverOver(catalog, chain, { defaults: () => ({ ...NO_DEFAULTS, params }) })
  const resolved = resolver.resolve(chain[0]?.id ?? 'base')
  if (resolved === null) throw new Error('no such model')
  return {
    laid: resolver.applyToBody(resolved, { endpoint, body, raw: Buffer.from(JSON.stringify(body, null, 1)) }, context),
    applied: (request: ChatRequest) => resolver.apply(resolved, request, context),
  }
}

const user = { role: 'user', content: 'Hi' }
const DIALECTS: Record<
  string,
  { endpoint: PassThroughEndpoint; decode: (body: unknown) => ChatRequest; bodies: Body[] }
> = {
  openai: {
    endpoint: 'openai:chat',
    decode: (body) => decodeOpenAiChat(body).request,
    bodies: [
      { model: 'p0', messages: [user] },
      { model: 'p0', messages: [user], temperature: 1, top_p: 0.5, stop: ['x'], max_tokens: 9, seed: 4 },
      { model: 'p0', messages: [user], temperature: null, max_completion_tokens: 8, presence_penalty: 1 },
      { model: 'p0', messages: [{ role: 'system', content: 'Mine.' }, user], frequency_penalty: 0.1 },
      { model: 'p0', messages: [{ role: 'developer', content: [{ type: 'text', text: 'Mine.' }] }, user] },
      { model: 'p0', messages: [{ role: 'system', content: ' ' }, user] },
    ],
  },
  ollama: {
    endpoint: 'ollama:chat',
    decode: (body) => decodeOllamaChat(body).request,
    bodies: [
      { model: 'p0', messages: [user] },
      {
        model: 'p0',
        messages: [user],
        options: { temperature: 1, num_predict: 9, stop: ['x'], mirostat: 1 },
        keep_alive: 5,
      },
      { model: 'p0', messages: [user], options: null },
      { model: 'p0', messages: [{ role: 'system', content: 'Mine.' }, user], options: { seed: 4, num_ctx: 99 } },
    ],
  },
  anthropic: {
    endpoint: 'anthropic:messages',
    decode: (body) => decodeAnthropicMessages(body).request,
    bodies: [
      { model: 'p0', max_tokens: 9, messages: [user] },
      {
        model: 'p0',
        max_tokens: 9,
        messages: [user],
        system: 'Mine.',
        temperature: 1,
        stop_sequences: ['x'],
        top_k: 3,
      },
      { model: 'p0', max_tokens: 9, messages: [user], system: [{ type: 'text', text: 'Mine.' }], top_p: 0.5 },
      { model: 'p0', max_tokens: 9, messages: [user], system: [], temperature: null },
    ],
  },
}
const asDefault = (...names: string[]): Partial<Preset> => ({
  meta: { switchyard: { modes: Object.fromEntries(names.map((name) => [name, 'default'])) } },
})
const RECORDS: [string, Partial<Preset>[], ModelDefaults['params']?][] = [
  ['a prompt', [{ params: { system: 'For {{USER_NAME}}.' } }]],
  ['a prompt that yields', [{ params: { system: 'For {{USER_NAME}}.' }, ...asDefault('system') }]],
  ['prompts of two records', [{ params: { system: 'Top.' } }, { params: { system: 'Below.' } }]],
  ['locked sampling', [{ params: { temperature: '0.25', top_p: 0.9, max_tokens: 77, stop: 'END\\n, done' } }]],
  [
    'sampling where the request leaves it open',
    [{ params: { temperature: 0.25, max_tokens: 77, stop: ['e'] }, ...asDefault('temperature', 'max_tokens', 'stop') }],
  ],
  ['custom parameters', [{ params: { custom_params: { temperature: '0.5', top_p: 0.3 } } }]],
  ['the defaults for all models', [{ params: {} }], { temperature: 0.1, top_p: 0.2, system: 'Global.' }],
  [
    'what requests do not carry',
    [{ params: { stream_response: false, system: 'x', custom_params: { model: 'evil' } } }],
  ],
]

describe.each(Object.entries(DIALECTS))('a body of %s', (_name, { endpoint, decode, bodies }) => {
  test.each(RECORDS)('under %s says what the decoded request would', (_what, records, defaults) => {
    for (const body of bodies) {
      const before = structuredClone(body)
      const { laid, applied } = laidOver(endpoint, body, records, defaults)
      expect(laid).not.toBeNull()
      expect(decode(laid?.body)).toEqual(applied(decode(body)))
      expect(body).toEqual(before)
      expect(JSON.parse(String(laid?.laid.bytes()))).toEqual(laid?.body)
      expect(JSON.parse(String(laid?.laid.bytes('up "1"')))).toEqual({ ...laid?.body, model: 'up "1"' })
    }
  })

  test('keeps all else as it is', () => {
    const own = { x: { deep: [1, 2.5, 'é'] }, cache_control: { type: 'ephemeral' } }
    const [first] = bodies
    const { laid } = laidOver(endpoint, { ...first, ...own }, [{ params: { temperature: 0.5, system: 'S' } }])
    expect(laid?.body).toMatchObject(own)
  })

  test('is left to the reading path where a parameter has no plain place in it, or it is none', () => {
    const [first = {}] = bodies
    expect(laidOver(endpoint, first, [{ params: { reasoning_effort: 'low' } }]).laid).toBeNull()
    expect(laidOver(endpoint, first, [{ params: { custom_params: { anything: 1 } } }]).laid).toBeNull()
    if (endpoint !== 'anthropic:messages') {
      expect(laidOver(endpoint, { model: 'p0', messages: 'Hi' }, [{ params: { system: 'S' } }]).laid).toBeNull()
    }
    expect(() => laidOver(endpoint, first, [{ params: { temperature: 'warm' } }])).toThrow(
      /'p0' cannot be used as set up/,
    )
  })
})

test('what means no limit takes a cap away', () => {
  for (const [endpoint, body] of [
    ['openai:chat', { model: 'p0', messages: [user], max_tokens: 9 }],
    ['ollama:chat', { model: 'p0', messages: [user], options: { num_predict: 9 } }],
  ] as const) {
    const { laid } = laidOver(endpoint, body, [{ params: { num_predict: -1 } }])
    expect(laid?.body).toEqual({ model: 'p0', messages: [user] })
  }
})

test('Ollama’s own options are laid among the request’s', () => {
  const body = { model: 'p0', messages: [user], options: { mirostat: 2, num_ctx: 1 }, think: true }
  const params = {
    num_ctx: 8192,
    num_gpu: 3,
    num_thread: 2,
    num_batch: 64,
    use_mmap: true,
    use_mlock: false,
    min_p: 0.1,
  }
  const { laid } = laidOver('ollama:chat', body, [{ params: { ...params, keep_alive: '10m', repeat_penalty: 1.2 } }])
  expect(laid?.body).toEqual({
    ...body,
    options: { mirostat: 2, ...params, repeat_penalty: 1.2 },
    keep_alive: 600,
  })
})

test('marks on Anthropic’s blocks stay', () => {
  const marked = { type: 'text', text: 'Mine.', cache_control: { type: 'ephemeral' } }
  const messages = [{ role: 'user', content: [{ type: 'document', source: {}, cache_control: { type: 'ephemeral' } }] }]
  const tools = [{ type: 'web_search_20250305', name: 'web_search' }]
  const body = { model: 'p0', max_tokens: 9, system: [marked, marked], messages, tools, mcp_servers: [{}] }
  const { laid } = laidOver('anthropic:messages', body, [{ params: { system: 'Ours.' } }])
  expect(laid?.body).toEqual({ ...body, system: [{ ...marked, text: 'Ours.\nMine.' }, marked] })
})

test('a cap that Anthropic wants is not taken away: the reading path finds one', () => {
  const body = { model: 'p0', max_tokens: 9, messages: [user] }
  expect(laidOver('anthropic:messages', body, [{ params: { max_tokens: -1 } }]).laid).toBeNull()
})

test('new fields come behind the client’s own bytes, which stay as they came', () => {
  const body = { model: 'p0', messages: [user] }
  const { laid } = laidOver('openai:chat', body, [{ params: { temperature: 0.5, stop: ['}'] } }])
  const raw = JSON.stringify(body, null, 1)
  expect(String(laid?.laid.bytes())).toBe(`${raw.slice(0, -1)},"temperature":0.5,"stop":["}"]}`)
})

test('the upstream’s name for the model takes the place of the client’s, and nothing else moves', () => {
  const body = { stream: true, model: 'p0', messages: [user] }
  const { laid } = laidOver('openai:chat', body, [{ params: { temperature: 0.5 } }])
  const raw = JSON.stringify(body, null, 1)
  expect(String(laid?.laid.bytes('a-longer-name'))).toBe(
    `${raw.replace('"p0"', '"a-longer-name"').slice(0, -1)},"temperature":0.5}`,
  )
  const unchanged = laidOver('openai:chat', body, [{ params: { stream_response: false, custom_params: {} } }])
  expect(String(unchanged.laid?.laid.bytes('b'))).toBe(raw.replace('"p0"', '"b"'))
  expect(String(unchanged.laid?.laid.bytes('p0'))).toBe(raw)
})

test('one overlay serves bodies that have its fields and bodies that have none of them', () => {
  const record = { params: { temperature: 0.5, seed: 7 }, ...asDefault('temperature') }
  const chain = [testPreset('p0', { baseModelId: 'base', ...record })]
  const resolver = resolverOver({ find: (id) => (id === 'base' ? fakeModel('base') : null) }, chain)
  const resolved = resolver.resolve('p0')
  if (resolved === null) throw new Error('no such model')
  const laid = (body: Body) => {
    const raw = Buffer.from(JSON.stringify(body))
    const done = resolver.applyToBody(resolved, { endpoint: 'openai:chat', body, raw }, context)
    return JSON.parse(String(done?.laid.bytes())) as Body
  }
  const bare = { model: 'p0', messages: [user] }
  expect(laid(bare)).toEqual({ ...bare, temperature: 0.5, seed: 7 })
  expect(laid({ ...bare, temperature: 1 })).toEqual({ ...bare, temperature: 1, seed: 7 })
  expect(laid({ ...bare, seed: 1, temperature: null })).toEqual({ ...bare, temperature: 0.5, seed: 7 })
  expect(laid(bare)).toEqual({ ...bare, temperature: 0.5, seed: 7 })
})

test('endpoints without chats are left to the reading path', () => {
  for (const endpoint of ['openai:responses', 'openai:completions', 'ollama:generate', 'ollama:embed'] as const) {
    expect(laidOver(endpoint, { model: 'p0' }, [{ params: { temperature: 1 } }]).laid).toBeNull()
  }
})
