import { describe, expect, test } from 'vitest'
import {
  AZURE,
  COMPATIBLE,
  OPENAI,
  VENDORS,
  type Vendor,
} from '../../../../src/main/engine/providers/openai/vendor-table.ts'
import { azureAddress } from '../../../../src/main/engine/wire/parameters/azure-address.ts'
import { applyAzureWhitelist } from '../../../../src/main/engine/wire/parameters/azure-body-rules.ts'
import { parseLogitBias } from '../../../../src/main/engine/wire/parameters/logit-bias.ts'
import { hasFixedSampling, newModelFamily } from '../../../../src/main/engine/wire/parameters/model-rules.ts'
import { applyOpenAiBodyRules } from '../../../../src/main/engine/wire/parameters/openai-body-rules.ts'

const MESSAGES = [{ role: 'user', content: 'Hi' }]

function ruled(fields: object, model = 'gpt-4o', vendor: Vendor = OPENAI) {
  const { body, notSent } = applyOpenAiBodyRules({ messages: MESSAGES, ...fields }, model, vendor)
  const { messages, ...rest } = body
  return { ...rest, ...(messages === MESSAGES ? {} : { messages }), ...(notSent.length === 0 ? {} : { notSent }) }
}

describe('newer model families', () => {
  test.each([
    ['o1', 'developer'],
    ['o3-mini', 'developer'],
    ['o4-mini-2025-04-16', 'developer'],
    ['o12', 'developer'],
    ['gpt-5', 'developer'],
    ['gpt-5.1-codex', 'developer'],
    ['GPT-10-turbo', 'developer'],
    ['openai/gpt-5-mini', 'developer'],
    ['a/b/o3', 'developer'],
    ['o1-mini', 'user'],
    ['o1-preview-2024-09-12', 'user'],
    ['gpt-4o', null],
    ['gpt-4.1', null],
    ['gpt-oss-120b', null],
    ['gpt-3.5-turbo', null],
    ['gpt-35-turbo', null],
    ['gpt-35-turbo-16k', null],
    ['omni-moderation', null],
    ['olmo-2', null],
    ['llama-o1', null],
    ['my.gpt-5', null],
  ])('%s: %s', (model, role) => {
    expect(newModelFamily(model)?.systemRole ?? null).toBe(role)
  })

  test.each([
    ['o3', true],
    ['gpt-5-mini', true],
    ['gpt-5.1', false],
    ['gpt-5-chat-latest', false],
    ['gpt-4o', false],
  ])('the sampling of %s is fixed: %s', (model, isFixed) => {
    expect(hasFixedSampling(model)).toBe(isFixed)
  })
})

describe('the token cap', () => {
  test.each<[string, Vendor, object, object]>([
    ['o3', OPENAI, { max_tokens: 5 }, { max_completion_tokens: 5 }],
    ['o3', OPENAI, { max_tokens: 5, max_completion_tokens: 6 }, { max_completion_tokens: 6 }],
    ['openai/gpt-5', COMPATIBLE, { max_tokens: 5 }, { max_completion_tokens: 5 }],
    ['gpt-4o', OPENAI, { max_tokens: 5 }, { max_tokens: 5 }],
    ['gpt-4o', OPENAI, { max_completion_tokens: 5 }, { max_completion_tokens: 5 }],
    ['gpt-4o', OPENAI, { max_tokens: 5, max_completion_tokens: 6 }, { max_completion_tokens: 6 }],
    ['llama3', COMPATIBLE, { max_completion_tokens: 6 }, { max_tokens: 6 }],
    ['llama3', COMPATIBLE, { max_tokens: 5, max_completion_tokens: 6 }, { max_tokens: 6 }],
    ['gpt-4o', AZURE, { max_completion_tokens: 6 }, { max_tokens: 6 }],
    [
      'llama3',
      COMPATIBLE,
      { max_tokens: 5, max_completion_tokens: null },
      { max_tokens: 5, max_completion_tokens: null },
    ],
  ])('%s', (model, vendor, before, after) => {
    expect(ruled(before, model, vendor)).toEqual(after)
  })

  test('completions keep the name that they know', () => {
    const body = { prompt: 'Once', max_tokens: 5 }
    expect(applyOpenAiBodyRules(body, 'gpt-5-base', COMPATIBLE)).toEqual({ body, notSent: [] })
  })
})

describe('roles', () => {
  const system = [{ role: 'system', content: 'S' }, ...MESSAGES]

  test.each([
    ['o3', OPENAI, 'developer'],
    ['o1-mini', OPENAI, 'user'],
    ['gpt-4o', OPENAI, 'system'],
    ['openai/gpt-5', COMPATIBLE, 'developer'],
  ] as const)('%s', (model, vendor, role) => {
    const { body } = applyOpenAiBodyRules({ messages: system }, model, vendor)
    expect((body.messages as { role: string }[])[0]).toEqual({ role, content: 'S' })
  })

  test('a server that knows only `system` is left it', () => {
    const groq = VENDORS.find(({ vendor }) => vendor === 'groq') ?? OPENAI
    expect(applyOpenAiBodyRules({ messages: system }, 'o3', groq).body.messages).toBe(system)
  })

  test.each([
    ['llama-3.3-70b', 'groq', 'system'],
    ['o3', 'groq', 'system'],
    ['Qwen/Qwen3-8B', 'vllm', 'system'],
    ['some-model', 'compatible', 'developer'],
    ['gpt-4o', 'openai', 'developer'],
    ['o3', 'openai', 'developer'],
    ['o1-mini', 'openai', 'user'],
    ['o1-preview-2024-09-12', 'azure', 'user'],
  ] as const)('`developer` to %s at %s becomes %s', (model, name, role) => {
    const vendor = VENDORS.find((each) => each.vendor === name) ?? COMPATIBLE
    const messages = [{ role: 'developer', content: 'D', name: 'n' }, ...MESSAGES]
    const body = { messages }
    const ruled = applyOpenAiBodyRules(body, model, vendor)
    expect(ruled).toEqual({ body: { messages: [{ role, content: 'D', name: 'n' }, ...MESSAGES] }, notSent: [] })
    if (role === 'developer') expect(ruled.body).toBe(body)
    expect(messages[0]?.role).toBe('developer')
  })

  test('contents of tool messages become text', () => {
    const messages = [
      {
        role: 'tool',
        tool_call_id: 'c',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'tool', tool_call_id: 'd', content: [{ type: 'image_url' }, 'c'] },
    ]
    expect(ruled({ messages })).toEqual({
      messages: [
        { role: 'tool', tool_call_id: 'c', content: 'ab' },
        { role: 'tool', tool_call_id: 'd', content: 'c' },
      ],
      notSent: ['messages[1].content[0]'],
    })
  })

  test('pictures of tools follow all results of their turn as the person’s', () => {
    const picture = (name: string) => ({ type: 'image_url', image_url: { url: `https://x.example/${name}.png` } })
    const result = (id: string, content: unknown) => ({ role: 'tool', tool_call_id: id, content })
    const messages = [
      result('c', [{ type: 'text', text: 'a' }, picture('1'), picture('2')]),
      result('d', [picture('3')]),
      { role: 'assistant', content: 'I see.' },
      result('e', [picture('4')]),
    ]
    expect(ruled({ messages })).toEqual({
      messages: [
        result('c', 'a'),
        result('d', ''),
        {
          role: 'user',
          content: [
            { type: 'text', text: '2 images from the tool call (c):' },
            picture('1'),
            picture('2'),
            { type: 'text', text: 'Image from the tool call (d):' },
            picture('3'),
          ],
        },
        { role: 'assistant', content: 'I see.' },
        result('e', ''),
        { role: 'user', content: [{ type: 'text', text: 'Image from the tool call (e):' }, picture('4')] },
      ],
    })
  })
})

describe('other fields', () => {
  test.each<[object, object, Vendor?, string?]>([
    [{ logit_bias: '1:5, 42:-200,x y:100.9' }, { logit_bias: { '1': 5, '42': -100, 'x y': 100 } }],
    [{ logit_bias: { '1': 500 } }, { logit_bias: { '1': 500 } }],
    [{ stream_options: { include_usage: true } }, {}],
    [{ stream: false, stream_options: {} }, { stream: false }],
    [
      { stream: true, stream_options: {} },
      { stream: true, stream_options: {} },
    ],
    [{ stop: ['1', '2', '3', '4', '5'] }, { stop: ['1', '2', '3', '4'], notSent: ['stop[4..]'] }],
    [{ stop: ['1', '2', '3', '4', '5'] }, { stop: ['1', '2', '3', '4', '5'] }, COMPATIBLE],
    [{ top_k: 5, keep_alive: '5m', min_p: null }, { notSent: ['top_k'] }],
    [{ top_k: 5, keep_alive: '5m' }, { top_k: 5, keep_alive: '5m' }, COMPATIBLE],
    [{ temperature: 0.5, top_p: 1 }, { top_p: 1, notSent: ['temperature'] }, OPENAI, 'o3'],
    [{ temperature: 0.5 }, { temperature: 0.5 }, OPENAI, 'gpt-5.1'],
    [{ temperature: 0.5 }, { notSent: ['temperature'] }, AZURE, 'gpt-5.1'],
    [{ temperature: 1 }, { temperature: 1 }, AZURE, 'gpt-5.1'],
    [{ temperature: 0.5 }, { temperature: 0.5 }, COMPATIBLE, 'o3'],
    [
      { store: true, anything: 1 },
      { store: true, anything: 1 },
    ],
  ])('%j becomes %j', (before, after, vendor = OPENAI, model = 'gpt-4o') => {
    expect(ruled(before, model, vendor)).toEqual(after)
  })

  test('a vendor may know a field by another name, and tell its usage unasked', () => {
    const mistral = VENDORS.find(({ vendor }) => vendor === 'mistral') ?? OPENAI
    expect(ruled({ seed: 3, stream: true, stream_options: {} }, 'mistral-small', mistral)).toEqual({
      random_seed: 3,
      stream: true,
    })
  })

  describe("ids of tool calls that Mistral's API refuses", () => {
    const mistral = VENDORS.find(({ vendor }) => vendor === 'mistral') ?? OPENAI
    const turn = (id: string) => [
      ...MESSAGES,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: id, content: [{ type: 'text', text: 'Rain' }] },
    ]
    const idsOf = (messages: unknown) =>
      (messages as { tool_calls?: { id: string }[]; tool_call_id?: string }[]).flatMap((message) => [
        ...(message.tool_calls ?? []).map(({ id }) => id),
        ...(message.tool_call_id === undefined ? [] : [message.tool_call_id]),
      ])
    const idsSent = (messages: unknown[], vendor = mistral) =>
      idsOf(applyOpenAiBodyRules({ model: 'm', messages }, 'm', vendor).body.messages)

    test.each([
      'call_9f2c6d0e1b3a4c5d8e7f6a5b',
      'toolu_01A09q90qw90lq917835lq9',
      'functions.f:0',
      'abcdefgh-',
      'short',
      '',
    ])('%j goes as one of nine letters and digits, with call and result alike', (id) => {
      const [call, result] = idsSent(turn(id))
      expect(call).toMatch(/^[a-zA-Z0-9]{9}$/)
      expect(result).toBe(call)
      expect(idsSent(turn(id))).toEqual([call, call])
      expect(idsSent(turn(`${id}x`))).not.toContain(call)
    })

    test('its own are left as they are, and so is what needs nothing', () => {
      const messages = [turn('D681PevKs')[1], { role: 'tool', tool_call_id: 'D681PevKs', content: 'Rain' }]
      const body = { model: 'm', messages }
      expect(applyOpenAiBodyRules(body, 'm', mistral).body).toBe(body)
    })

    test('odd messages are the server’s to judge', () => {
      const messages = [
        'x',
        { role: 'assistant', tool_calls: [null, {}] },
        { role: 'tool' },
        { role: 'tool', tool_call_id: 5 },
      ]
      expect(applyOpenAiBodyRules({ messages }, 'm', mistral).body.messages).toBe(messages)
    })

    test('other servers get any id', () => {
      expect(idsSent(turn('call_1'), OPENAI)).toEqual(['call_1', 'call_1'])
      expect(idsSent(turn('call_1'), COMPATIBLE)).toEqual(['call_1', 'call_1'])
    })
  })

  test('a body that needs nothing is the very same object', () => {
    const body = { model: 'm', messages: MESSAGES, temperature: 1, stream: true }
    expect(applyOpenAiBodyRules(body, 'm', OPENAI).body).toBe(body)
    expect(applyAzureWhitelist(body, '2024-10-21').body).toBe(body)
  })

  test.each(['5', ':5', '1:', '1:x', 'a:b:c'])('logit_bias "%s" is refused', (text) => {
    expect(() => parseLogitBias(text)).toThrow(/Invalid 'logit_bias'/)
  })
})

describe('azure', () => {
  test('a classic deployment gets what it takes, and the rest is said', () => {
    const body = { messages: MESSAGES, n: 1, store: true, service_tier: 'flex', verbosity: null, stream: true }
    expect(applyAzureWhitelist(body, '2024-10-21')).toEqual({
      body: { messages: MESSAGES, n: 1, stream: true },
      notSent: ['store', 'service_tier'],
    })
  })

  test.each([
    ['2024-10-21', true],
    ['2024-09-01-preview', true],
    ['2024-08-01-preview', false],
    ['2023-05-15', false],
  ])('stream_options at %s: %s', (version, kept) => {
    const { body, notSent } = applyAzureWhitelist({ stream: true, stream_options: {} }, version)
    expect('stream_options' in body).toBe(kept)
    expect(notSent).toEqual([])
  })

  test.each([
    ['https://x.openai.azure.com', null, '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21'],
    ['https://x.openai.azure.com/openai', null, '/deployments/gpt-4o/chat/completions?api-version=2024-10-21'],
    [
      'https://x.openai.azure.com/',
      '2025-01-01-preview',
      '/openai/deployments/gpt-4o/chat/completions?api-version=2025-01-01-preview',
    ],
    ['https://x.openai.azure.com/openai/v1', null, '/chat/completions'],
    ['https://x.openai.azure.com/openai/v1/', 'preview', '/chat/completions?api-version=preview'],
  ])('%s with %s', (baseUrl, version, path) => {
    expect(azureAddress(baseUrl, version).inference('gpt-4o', 'chat/completions')).toBe(path)
  })

  test('lists and responses', () => {
    const classic = azureAddress('https://x.openai.azure.com', null)
    expect([classic.models, classic.responses]).toEqual([
      '/openai/models?api-version=2023-03-15-preview',
      '/openai/responses?api-version=2025-03-01-preview',
    ])
    const v1 = azureAddress('https://x.openai.azure.com/openai/v1', null)
    expect([v1.models, v1.responses]).toEqual(['/models', '/responses'])
  })

  test.each(['a/b', 'a\\b', '..', 'a..b', '', '.'])('the deployment "%s" is refused', (deployment) => {
    const address = azureAddress('https://x.openai.azure.com', null)
    expect(() => address.inference(deployment, 'embeddings')).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    )
  })

  test('odd characters of a deployment are escaped', () => {
    const address = azureAddress('https://x.openai.azure.com', null)
    expect(address.inference('a b?c#d', 'embeddings')).toContain('/deployments/a%20b%3Fc%23d/embeddings?')
  })
})
