import { describe, expect, it } from 'vitest'
import { checkParams, parametersFor } from '../../../src/main/engine/models/index.ts'
import type { CatalogModel } from '../../../src/shared/models.ts'
import type { ProviderKind } from '../../../src/shared/place.ts'
import { parameterInfoSchema } from '../../../src/shared/presets.ts'
import { fakeModel } from '../../support/fake-engine.ts'

function heldBy(provider: ProviderKind, upstreamModel = 'm', patch: Partial<CatalogModel> = {}): CatalogModel {
  const base = fakeModel('m', { contextLength: null, ...patch })
  const holders = base.holders.map((holder) => ({ ...holder, provider, upstreamModel, contextLength: null }))
  return { ...base, holders }
}

const named = (base: CatalogModel | null) => new Map(parametersFor(base).map((info) => [info.name, info]))

describe('the parameters of the editor', () => {
  it('has every parameter that model records may hold, in a form that the window understands', () => {
    const all = parametersFor(null)
    for (const info of all) expect(parameterInfoSchema.parse(info)).toEqual(info)
    const names = all.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of [
      ...['temperature', 'top_p', 'min_p', 'frequency_penalty', 'presence_penalty', 'max_tokens', 'reasoning_effort'],
      ...['seed', 'logit_bias', 'stop', 'response_format', 'mirostat', 'mirostat_eta', 'mirostat_tau', 'num_ctx'],
      ...['num_batch', 'num_keep', 'repeat_last_n', 'repeat_penalty', 'top_k', 'num_gpu', 'num_thread', 'use_mmap'],
      ...['use_mlock', 'tfs_z', 'format', 'keep_alive', 'think', 'stream_response', 'custom_params'],
    ]) {
      expect(names).toContain(name)
    }
    expect(all.every(({ supported }) => supported)).toBe(true)
  })

  it('has the ranges and first values that people know', () => {
    const infos = named(null)
    expect(infos.get('temperature')).toMatchObject({ min: 0, max: 2, step: 0.05, initial: 0.8, kind: 'number' })
    expect(infos.get('top_k')).toMatchObject({ min: 0, max: 1000, initial: 40, kind: 'integer' })
    expect(infos.get('max_tokens')).toMatchObject({ min: -2, max: 131_072, initial: 128 })
    expect(infos.get('repeat_last_n')).toMatchObject({ min: -1, max: 128, initial: 64 })
    expect(infos.get('keep_alive')).toMatchObject({ initial: '5m' })
  })

  it('fits them to who runs the base model', () => {
    const claude = named(heldBy('anthropic'))
    expect(claude.get('temperature')?.max).toBe(1)
    expect(claude.get('num_ctx')?.supported).toBe(false)
    expect(claude.get('seed')?.supported).toBe(false)
    const ollama = named(heldBy('ollama'))
    expect(ollama.get('mirostat')?.supported).toBe(true)
    expect(ollama.get('logit_bias')?.supported).toBe(false)
    expect(named(heldBy('llama')).get('mirostat')?.supported).toBe(false)
    expect(named(heldBy('openai', 'gpt-4o')).get('top_k')?.supported).toBe(false)
    expect(named(heldBy('openai', 'some-vllm-model')).get('top_k')?.supported).toBe(true)
    expect(named(heldBy('openai', 'o3')).get('temperature')?.supported).toBe(false)
  })

  it('offers what any of several holders takes, in the widest range', () => {
    const both = heldBy('anthropic')
    both.holders.push(...heldBy('ollama').holders)
    expect(named(both).get('num_ctx')?.supported).toBe(true)
    expect(named(both).get('temperature')?.max).toBe(2)
  })

  it('ends the sliders of lengths at the model’s context window', () => {
    const infos = named(heldBy('ollama', 'm', { contextLength: 1024 }))
    expect(infos.get('num_ctx')).toMatchObject({ max: 1024, initial: 1024 })
    expect(infos.get('max_tokens')?.max).toBe(1024)
    expect(infos.get('top_k')?.max).toBe(1000)
  })
})

describe('checking parameters', () => {
  it.each([
    ['temperature', 2.1],
    ['temperature', 'hot'],
    ['top_p', -0.1],
    ['top_k', 1.5],
    ['num_ctx', 0],
    ['num_gpu', -2],
    ['max_tokens', -3],
    ['mirostat', 3],
    ['seed', 'x'],
    ['seed', Number.NaN],
    ['use_mmap', 'maybe'],
    ['stop', [1]],
    ['logit_bias', 'nonsense'],
    ['logit_bias', { 5: 101 }],
    ['keep_alive', 'soon'],
    ['think', 'hard'],
    ['format', 'xml'],
    ['response_format', { type: 'json_schema' }],
    ['custom_params', 'text'],
    ['system', 7],
    ['stream_response', 'never'],
  ])('refuses %s %j and names it', (name, value) => {
    expect(() => checkParams({ top_k: 3, [name]: value })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: `params.${name}` }),
    )
  })

  it('says what is expected and what came', () => {
    expect(() => checkParams({ temperature: 3 })).toThrow(
      "Invalid 'params.temperature': expected a number from 0 to 2, received 3.",
    )
  })

  it('lets through what is right, what is not set, what is not known, and numbers as forms write them', () => {
    checkParams({
      temperature: '0.7',
      top_p: null,
      top_k: -1,
      num_gpu: 999,
      max_tokens: 200_000,
      seed: 2 ** 60,
      stop: ['a', 'ß\\n'],
      logit_bias: '5:10,7:-100',
      keep_alive: -1,
      think: 'low',
      format: { type: 'object' },
      response_format: '{"type":"json_object"}',
      custom_params: { anything: ['goes'] },
      reasoning_effort: 'max',
      vendor_thing: { a: 1 },
      use_mlock: 'false',
    })
  })
})
