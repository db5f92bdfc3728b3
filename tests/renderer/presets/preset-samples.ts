import type { Grant } from '#shared/access.ts'
import type { ParameterInfo, Preset, PresetRow, Template } from '#shared/presets.ts'

export const read = (principalType: Grant['principalType'], principalId: string): Grant => ({
  principalType,
  principalId,
  permission: 'read',
})

/** A saved preset over Qwen3 8B. */
export function preset(id: string, patch: Partial<Preset> = {}): Preset {
  return {
    id,
    baseModelId: 'Qwen3-8B-Q4_K_M',
    name: id,
    params: {},
    meta: {},
    grants: [],
    isActive: true,
    ownerId: 'owner',
    createdAt: 1_795_000_000,
    updatedAt: 1_795_000_000,
    extra: {},
    ...patch,
  }
}

export function rowOf(saved: Preset, patch: Partial<PresetRow> = {}): PresetRow {
  return {
    preset: saved,
    resolvedBaseId: saved.baseModelId,
    state: saved.isActive ? 'ready' : 'inactive',
    ownerName: saved.ownerId === 'owner' ? 'Ada' : 'Mira Okafor',
    canWrite: true,
    ...patch,
  }
}

/** Presets in every state, for everybody and for few. */
export function somePresets(now = Date.now()): Preset[] {
  const s = Math.floor(now / 1000)
  return [
    preset('careful-coder', {
      name: 'Careful coder',
      meta: {
        description: 'Reviews and writes TypeScript in small steps.',
        tags: [{ name: 'coding' }, { name: 'team' }],
        suggestion_prompts: [{ title: ['Review', ''], content: 'Review this function for mistakes' }],
        switchyard: { modes: { top_p: 'default' } },
      },
      params: {
        system: 'You review and write TypeScript for {{USER_NAME}}.\nPrefer small functions and plain words.',
        temperature: 0.3,
        top_p: 0.95,
        custom_params: { chat_template_kwargs: { enable_thinking: false } },
      },
      grants: [read('group', 'platform'), read('user', 'mira')],
      updatedAt: s - 120,
    }),
    preset('letters/de:formal', {
      name: 'Formal letters',
      baseModelId: 'gpt-5-mini',
      meta: { tags: [{ name: 'writing' }] },
      grants: [read('user', '*')],
      updatedAt: s - 7200,
    }),
    preset('old-summaries', {
      name: 'Summaries',
      baseModelId: 'llama3:8b',
      meta: { tags: [{ name: 'writing' }, { name: 'short' }, { name: 'team' }, { name: 'archive' }] },
      updatedAt: s - 90_000,
    }),
    preset('night-shift', {
      name: 'Night shift',
      baseModelId: 'careful-coder',
      isActive: false,
      updatedAt: s - 300_000,
    }),
    preset('miras-tutor', {
      name: 'Maths tutor',
      baseModelId: 'gemma3:12b',
      ownerId: 'mira',
      meta: { tags: [{ name: 'teaching' }] },
      grants: [read('user', 'owner')],
      updatedAt: s - 400_000,
    }),
  ]
}

function parameter(name: string, patch: Partial<ParameterInfo>): ParameterInfo {
  return {
    name,
    kind: 'number',
    min: 0,
    max: 1,
    step: 0.05,
    choices: [],
    initial: 0.5,
    supported: true,
    group: 'sampling',
    ...patch,
  }
}

export function someParameters(): ParameterInfo[] {
  return [
    parameter('mirostat', { kind: 'integer', max: 2, step: 1, initial: 0, supported: false }),
    parameter('temperature', { max: 2, initial: 0.8 }),
    parameter('top_p', { initial: 0.9 }),
    parameter('top_k', { kind: 'integer', max: 1000, step: 1, initial: 40 }),
    parameter('seed', { kind: 'integer', min: null, max: null, step: 1, initial: 0 }),
    parameter('max_tokens', { kind: 'integer', min: 1, max: 131_072, step: 1, initial: 128, group: 'length' }),
    parameter('stop', { kind: 'list', min: null, max: null, step: null, initial: [], group: 'length' }),
    parameter('frequency_penalty', { min: -2, max: 2, step: 0.1, initial: 1.1, group: 'penalties' }),
    parameter('num_ctx', { kind: 'integer', min: 64, max: 40_960, step: 1, initial: 2048, group: 'context' }),
    parameter('use_mmap', { kind: 'boolean', min: null, max: null, step: null, initial: true, group: 'runtime' }),
    parameter('keep_alive', { kind: 'text', min: null, max: null, step: null, initial: '5m', group: 'runtime' }),
    parameter('reasoning_effort', {
      kind: 'choice',
      min: null,
      max: null,
      step: null,
      choices: ['low', 'medium', 'high'],
      initial: 'medium',
      group: 'reasoning',
    }),
    parameter('response_format', { kind: 'json', min: null, max: null, step: null, initial: {}, group: 'output' }),
  ]
}

export function someTemplates(): Template[] {
  const template = (id: string, name: string, description: string, params: Template['params']): Template => ({
    id,
    kind: 'base',
    name,
    description,
    params,
    ownerId: 'owner',
    updatedAt: 1_795_000_000,
  })
  return [
    template('precise', 'Precise', 'Few surprises: for facts and code.', { temperature: 0.1, top_p: 0.9 }),
    template('balanced', 'Balanced', 'For most things.', { temperature: 0.7 }),
    template('creative', 'Creative', 'More of the unexpected.', { temperature: 1.2, top_p: 0.98 }),
    { ...template('mine', 'House style', 'Short answers.', { max_tokens: 400 }), kind: 'custom' },
  ]
}
