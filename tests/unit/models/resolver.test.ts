import { describe, expect, it } from 'vitest'
import type { ChatRequest } from '../../../src/main/engine/spec/chat-request.ts'
import type { PromptContext, ResolvedModel } from '../../../src/main/engine/spec/presets.ts'
import { ANONYMOUS, OWNER } from '../../../src/main/engine/spec/principal.ts'
import type { CatalogModel } from '../../../src/shared/models.ts'
import type { ProviderKind } from '../../../src/shared/place.ts'
import { effectiveRequestSchema, type ModelDefaults, type Preset } from '../../../src/shared/presets.ts'
import { fakeModel } from '../../support/fake-engine.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { NO_DEFAULTS, resolverOver, testPerson, testPreset } from '../../support/test-access.ts'

const clock = createManualClock(Date.UTC(2026, 10, 21, 23, 4, 5))
const context: PromptContext = { principal: OWNER }
const user = (text: string) => ({ role: 'user' as const, content: [{ type: 'text' as const, text }] })

function over(records: Preset[], options: { defaults?: Partial<ModelDefaults>; provider?: ProviderKind } = {}) {
  const held = (id: string): CatalogModel => {
    const model = fakeModel(id)
    const provider = options.provider ?? 'llama'
    return { ...model, holders: model.holders.map((holder) => ({ ...holder, provider })) }
  }
  const models = ['base', 'tagged:latest', 'other'].map(held)
  const catalog = {
    find: (id: string) =>
      models.find((model) => model.id === id || model.id === `${id}:latest` || `${model.id}:latest` === id) ?? null,
  }
  const resolver = resolverOver(catalog, records, {
    defaults: () => ({ ...NO_DEFAULTS, ...options.defaults }),
    clock,
  })
  const resolved = (id: string): ResolvedModel => {
    const found = resolver.resolve(id)
    if (found === null) throw new Error(`${id} was not resolved`)
    return found
  }
  return {
    resolver,
    resolved,
    apply: (id: string, request: Partial<ChatRequest> = {}, given: PromptContext = context) =>
      resolver.apply(resolved(id), { model: id, messages: [user('hi')], sampling: {}, ...request }, given),
  }
}

const preset = (id: string, baseModelId: string, params: Preset['params'] = {}, fields: Partial<Preset> = {}) =>
  testPreset(id, { baseModelId, params, ...fields })

describe('following an id', () => {
  it('finds a plain base model, with and without its tag, and changes nothing about its requests', () => {
    const { resolver, resolved } = over([])
    expect(resolved('base')).toEqual({
      id: 'base',
      name: 'base',
      baseModelId: 'base',
      usesFallback: false,
      chain: [],
      changesRequests: false,
    })
    expect(resolved('tagged').baseModelId).toBe('tagged:latest')
    expect(resolver.resolve('nobody')).toBeNull()
    const request: ChatRequest = { model: 'base', messages: [user('hi')], sampling: {} }
    expect(resolver.apply(resolved('base'), request, context)).toBe(request)
  })

  it('goes through presets down to the base, whose override comes last', () => {
    const records = [
      preset('a', 'b', {}, { name: 'The A' }),
      preset('b:latest', 'tagged'),
      testPreset('tagged:latest', { params: { top_k: 3 } }),
    ]
    const { resolved } = over(records)
    const found = resolved('a:latest')
    expect(found).toMatchObject({ id: 'a:latest', name: 'The A', baseModelId: 'tagged:latest', changesRequests: true })
    expect(found.chain.map(({ id }) => id)).toEqual(['a', 'b:latest', 'tagged:latest'])
    expect(resolved('tagged').chain.map(({ id }) => id)).toEqual(['tagged:latest'])
  })

  it('refuses a cycle, and names a missing base', () => {
    const { resolver } = over([preset('a', 'b'), preset('b', 'a:latest'), preset('c', 'gone', {}, { name: 'See' })])
    expect(() => resolver.resolve('a')).toThrow(expect.objectContaining({ code: 'model_not_found' }))
    expect(() => resolver.resolve('a')).toThrow(/stands on itself/)
    expect(resolver.follow('a')).toMatchObject({ state: 'cycle', baseModelId: null, base: null })
    expect(() => resolver.resolve('c')).toThrow("The base model 'gone' of 'See' is not here.")
    expect(resolver.follow('c')).toMatchObject({ state: 'missing-base', baseModelId: 'gone' })
    expect(resolver.follow('nobody')).toMatchObject({ state: 'unknown' })
  })

  it('lists missing bases with the presets that stand on them, active or not', () => {
    const { resolver } = over([
      preset('c', 'gone', {}, { isActive: false }),
      preset('d', 'gone'),
      preset('e', 'd'),
      preset('f', 'base'),
      preset('g', 'lost'),
      testPreset('lost'),
    ])
    expect(resolver.missingBases()).toEqual([
      { baseModelId: 'gone', presetIds: ['c', 'd'] },
      { baseModelId: 'lost', presetIds: ['g'] },
    ])
  })

  it('does not find what is switched off, by the words of an unknown model', () => {
    const { resolver } = over([
      preset('off', 'base', {}, { isActive: false }),
      preset('above', 'off'),
      testPreset('other', { isActive: false }),
    ])
    const unknown = { code: 'model_not_found', message: "model 'above' not found", param: 'model' }
    expect(() => resolver.resolve('above')).toThrow(expect.objectContaining(unknown))
    expect(resolver.resolve('off')).toBeNull()
    expect(resolver.resolve('other')).toBeNull()
    expect(resolver.follow('other').state).toBe('inactive')
  })

  it('does not let a preset take the place of a base model', () => {
    const { resolved, resolver } = over([preset('base', 'other', { temperature: 2 }), preset('tagged', 'gone')])
    expect(resolved('base')).toMatchObject({ baseModelId: 'base', chain: [], changesRequests: false })
    expect(resolved('tagged').baseModelId).toBe('tagged:latest')
    expect(resolver.missingBases()).toEqual([])
  })

  it('does not show the override of a base model that is gone', () => {
    expect(over([testPreset('gone')]).resolver.resolve('gone')).toBeNull()
  })

  it('lets the fallback model stand in, where there is one', () => {
    const records = [preset('a', 'gone', { top_k: 1 }), testPreset('other', { params: { top_p: 0.5 } })]
    const defaults = { fallbackModelId: 'other' }
    const found = over(records, { defaults }).resolved('a')
    expect(found).toMatchObject({ baseModelId: 'other', usesFallback: true })
    expect(found.chain.map(({ id }) => id)).toEqual(['a', 'other'])
    expect(() => over(records).resolver.resolve('a')).toThrow(/'gone'/)
    const loop = over([preset('a', 'gone')], { defaults: { fallbackModelId: 'a' } })
    expect(() => loop.resolver.resolve('a')).toThrow(/'gone'/)
    expect(over([], { defaults }).resolver.resolve('gone')).toBeNull()
  })

  it('tells what models say about streaming', () => {
    const records = [preset('a', 'base', { stream_response: false })]
    expect(over(records).resolved('a')).toMatchObject({ streamResponse: false, changesRequests: false })
    const defaults = { params: { stream_response: true } }
    expect(over(records, { defaults }).resolved('base').streamResponse).toBe(true)
    expect(over(records, { defaults }).resolved('a').streamResponse).toBe(false)
  })
})

describe('applying parameters', () => {
  it('puts each where the engine keeps it', () => {
    const { apply } = over([
      preset('a', 'base', {
        temperature: '0.5',
        max_tokens: 77,
        top_k: -1,
        seed: 5,
        repeat_penalty: 1.2,
        stop: ['\\n\\nß', '', '日本\\t'],
        logit_bias: '7:3',
        num_ctx: 4096,
        num_gpu: 12,
        num_thread: 0,
        use_mmap: 'false',
        keep_alive: '10m',
        mirostat: 1,
        reasoning_effort: 'high',
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
        user: 'somebody',
        service_tier: 'flex',
        model: 'evil',
        messages: [],
        function_calling: 'native',
        nothing: null,
      }),
    ])
    expect(apply('a')).toEqual({
      model: 'a',
      messages: [user('hi')],
      sampling: {
        temperature: 0.5,
        maxTokens: 77,
        topK: 0,
        seed: 5,
        repeatPenalty: 1.2,
        stop: ['\n\nß', '日本\t'],
        logitBias: { 7: 3 },
      },
      runtime: { contextSize: 4096, gpuLayers: 12, mmap: false, keepAliveSeconds: 600, options: { mirostat: 1 } },
      reasoning: { enabled: true, effort: 'high' },
      responseFormat: { type: 'json-schema', name: 'n', schema: { type: 'object' } },
      user: 'somebody',
      extra: { service_tier: 'flex' },
    })
  })

  it('gives unknown ones to Ollama as options', () => {
    const { apply } = over([preset('a', 'base', { brand_new: 1, format: 'json', think: 'true', truncate: false })], {
      provider: 'ollama',
    })
    expect(apply('a')).toMatchObject({
      runtime: { options: { brand_new: 1 } },
      extra: { truncate: false },
      responseFormat: { type: 'json' },
      reasoning: { enabled: true },
    })
    expect(apply('a').extra).not.toHaveProperty('brand_new')
  })

  it('merges custom parameters deep, with texts read as JSON where they are', () => {
    const { apply } = over([
      preset('a', 'base', {
        temperature: 1,
        provider: { order: ['x'], data: { keep: true } },
        custom_params: { temperature: '0.25', provider: '{"data": {"more": [1]}}', plain: 'not { json' },
      }),
    ])
    expect(apply('a')).toMatchObject({
      sampling: { temperature: 0.25 },
      extra: { provider: { order: ['x'], data: { keep: true, more: [1] } }, plain: 'not { json' },
    })
  })

  it('wins over the request where locked, gives way where it is a default, and comes before global defaults', () => {
    const modes = { switchyard: { modes: { top_p: 'default', vendor: 'default', think: 'default' } } }
    const { apply } = over(
      [preset('a', 'base', { temperature: 0.1, top_p: 0.2, vendor: 'mine', think: false }, { meta: modes })],
      { defaults: { params: { temperature: 1, top_k: 7, min_p: 0.3, num_ctx: 1000, tfs_z: 1 } } },
    )
    const asked = apply('a', {
      sampling: { temperature: 2, topP: 0.9, minP: 0.01 },
      extra: { vendor: 'theirs', options: { num_ctx: 9000 } },
      reasoning: { effort: 'low' },
      runtime: { options: { tfs_z: 2 } },
    })
    expect(asked).toMatchObject({
      sampling: { temperature: 0.1, topP: 0.9, minP: 0.01, topK: 7 },
      extra: { vendor: 'theirs' },
      reasoning: { effort: 'low' },
      runtime: { options: { tfs_z: 2 } },
    })
    expect(asked.runtime?.contextSize).toBeUndefined()
    expect(apply('a')).toMatchObject({
      sampling: { temperature: 0.1, topP: 0.2, topK: 7, minP: 0.3 },
      runtime: { contextSize: 1000, options: { tfs_z: 1 } },
      extra: { vendor: 'mine' },
      reasoning: { enabled: false },
    })
    expect(apply('base', { sampling: { topK: 1 } }).sampling).toEqual({ temperature: 1, topK: 1, minP: 0.3 })
  })

  it('takes a limit of the request away where the model is locked to none', () => {
    const { apply } = over([preset('a', 'base', { max_tokens: -1, seed: -1, num_predict: 5 })])
    expect(apply('a', { sampling: { maxTokens: 10, seed: 3 } }).sampling).toEqual({})
  })

  it('lets the nearest record decide', () => {
    const { apply } = over([
      preset('a', 'b', { temperature: 0.1 }, { meta: { switchyard: { modes: { temperature: 'default' } } } }),
      preset('b', 'base', { temperature: 0.2, top_k: 2 }),
      testPreset('base', { params: { temperature: 0.3, top_k: 3, min_p: 0.3 } }),
    ])
    expect(apply('a').sampling).toEqual({ temperature: 0.1, topK: 2, minP: 0.3 })
    expect(apply('a', { sampling: { temperature: 2 } }).sampling.temperature).toBe(2)
    expect(apply('base', { sampling: { temperature: 2 } }).sampling.temperature).toBe(0.3)
  })

  it('leaves the caller’s own request as it was', () => {
    const { resolver, resolved } = over([preset('a', 'base', { temperature: 1, x: 1, tfs_z: 1, system: 's' })])
    const request: ChatRequest = { model: 'a', messages: [user('hi')], sampling: {}, runtime: {}, extra: {} }
    const before = structuredClone(request)
    resolver.apply(resolved('a'), request, context)
    expect(request).toEqual(before)
  })

  it('names the record whose parameter makes no sense', () => {
    const { apply } = over([preset('a', 'base', { temperature: 'hot' })])
    expect(() => apply('a')).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        param: 'params.temperature',
        message: expect.stringContaining("'a' cannot be used as set up") as string,
      }),
    )
  })

  it('applies to raw completions and to embeddings what they can take', () => {
    const { resolver, resolved } = over([
      preset('a', 'base', { temperature: 0.5, num_ctx: 512, keep_alive: 0, system: 's', think: true, odd: 1 }),
    ])
    expect(resolver.applyToCompletion(resolved('a'), { model: 'a', prompt: 'p', sampling: {} })).toEqual({
      model: 'a',
      prompt: 'p',
      sampling: { temperature: 0.5 },
      runtime: { contextSize: 512, keepAliveSeconds: 0, options: { odd: 1 } },
    })
    expect(resolver.applyToEmbedding(resolved('a'), { model: 'a', inputs: ['x'] })).toEqual({
      model: 'a',
      inputs: ['x'],
      runtime: { contextSize: 512, keepAliveSeconds: 0 },
    })
  })
})

describe('system prompts', () => {
  const system = (text: string) => ({ role: 'system' as const, content: text })

  it('come before the request’s own, the base model’s first', () => {
    const { apply } = over([
      preset('a', 'base', { system: 'You are A.' }),
      testPreset('base', { params: { system: 'House rules.' } }),
    ])
    expect(apply('a').messages).toEqual([system('House rules.\nYou are A.'), user('hi')])
    expect(apply('a', { messages: [system('Mine.'), user('hi')] }).messages).toEqual([
      system('House rules.\nYou are A.\nMine.'),
      user('hi'),
    ])
  })

  it('may be a default, and the global one speaks where no record does', () => {
    const meta = { switchyard: { modes: { system: 'default' } } }
    const { apply } = over([preset('a', 'base', { system: 'A.' }, { meta })], {
      defaults: { params: { system: 'Global.' } },
    })
    expect(apply('a', { messages: [system('Mine.')] }).messages).toEqual([system('Mine.')])
    expect(apply('a').messages[0]).toEqual(system('A.'))
    expect(apply('base').messages[0]).toEqual(system('Global.'))
  })

  it('have their variables filled in for the person who asks', () => {
    const { apply } = over([
      preset('a', 'base', {
        system:
          '{{CURRENT_DATE}}|{{CURRENT_TIME}}|{{CURRENT_DATETIME}}|{{CURRENT_WEEKDAY}}|{{CURRENT_TIMEZONE}}|{{USER_NAME}}|' +
          '{{USER_EMAIL}}|{{USER_BIO}}|{{USER_AGE}}|{{USER_GROUPS}}|{{USER_LANGUAGE}}|{{MINE}}|{{UNKNOWN_ONE}}',
      }),
    ])
    const person = testPerson('ann', { name: 'Ann {{USER_EMAIL}}', groupNames: ['Red', 'Blue'] })
    const filled = apply(
      'a',
      {},
      { principal: person, timeZone: 'Asia/Tokyo', language: 'fi', variables: { '{{MINE}}': 'yes' } },
    )
    expect(filled.messages[0]).toEqual(
      system(
        '2026-11-22|08:04:05 AM|2026-11-22 08:04:05 AM|Sunday|Asia/Tokyo|Ann {{USER_EMAIL}}|' +
          'ann@example.org|None|None|Red, Blue|fi|yes|{{UNKNOWN_ONE}}',
      ),
    )
  })

  it('read Unknown for nobody and None for what the owner has not said, whatever time zone a client claims', () => {
    const { apply } = over([preset('a', 'base', { system: '{{USER_NAME}} {{USER_EMAIL}} {{USER_GROUPS}}' })])
    const prompt = (given: PromptContext) => apply('a', {}, given).messages[0]
    expect(prompt({ principal: ANONYMOUS })).toEqual(system('Unknown Unknown Unknown'))
    expect(prompt({ principal: OWNER, timeZone: 'Mars/Olympus' })).toEqual(system('owner None '))
  })
})

describe('the effective request', () => {
  it('tells of each value where it comes from and what it overrode', () => {
    const { resolver } = over(
      [
        preset(
          'a',
          'base',
          { temperature: 0.1, top_p: 0.2, system: 'I am for {{USER_NAME}}.', stream_response: false },
          { meta: { switchyard: { modes: { top_p: 'default' } } }, name: 'A' },
        ),
        testPreset('base', { params: { temperature: 0.3, num_ctx: 2048 } }),
      ],
      { defaults: { params: { top_p: 0.5, min_p: 0.4 } } },
    )
    const effective = resolver.effective(
      'a',
      { chatParams: { temperature: 2, min_p: 0.1 }, userParams: { top_p: 0.9 }, userSystem: 'Be brief.' },
      context,
    )
    expect(effectiveRequestSchema.parse(effective)).toEqual(effective)
    expect(effective.chain).toEqual([
      { id: 'a', name: 'A', kind: 'preset' },
      { id: 'base', name: 'base', kind: 'override' },
      { id: 'base', name: 'base', kind: 'base' },
    ])
    expect(effective).toMatchObject({ baseModelId: 'base', usesFallback: false, system: 'I am for owner.\nBe brief.' })
    expect(Object.fromEntries(effective.params.map(({ name, ...rest }) => [name, rest]))).toEqual({
      temperature: {
        value: 0.1,
        source: 'model',
        sourceId: 'a',
        overridden: [
          { source: 'chat', value: 2 },
          { source: 'model', value: 0.3 },
        ],
      },
      top_p: {
        value: 0.9,
        source: 'user',
        sourceId: null,
        overridden: [
          { source: 'model-default', value: 0.2 },
          { source: 'global', value: 0.5 },
        ],
      },
      min_p: { value: 0.1, source: 'chat', sourceId: null, overridden: [{ source: 'global', value: 0.4 }] },
      num_ctx: { value: 2048, source: 'model', sourceId: 'base', overridden: [] },
      stream_response: { value: false, source: 'model', sourceId: 'a', overridden: [] },
    })
  })

  it('shows a record that is switched off or has no base, and knows nothing of unknown ids', () => {
    const { resolver } = over([preset('off', 'base', { top_k: 1 }, { isActive: false }), preset('lost', 'gone')])
    expect(resolver.effective('off', {}, context)).toMatchObject({ baseModelId: 'base', params: [{ name: 'top_k' }] })
    expect(resolver.effective('lost', {}, context)).toMatchObject({ baseModelId: 'gone', chain: [{ id: 'lost' }] })
    expect(() => resolver.effective('nobody', {}, context)).toThrow("model 'nobody' not found")
  })
})
