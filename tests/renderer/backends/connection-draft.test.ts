import { describe, expect, it } from 'vitest'
import { connectionInputSchema } from '#shared/connections.ts'
import {
  draftOfView,
  inputOf,
  inputOfView,
  newDraft,
  withPreset,
} from '../../../src/renderer/features/backends/connection-draft.ts'
import { presetFor } from '../../../src/renderer/features/backends/provider-presets.ts'
import { connectionView } from '../support/connection-samples.ts'

describe('the form of a connection', () => {
  it('gives back what a stored connection has, keys by their ids and headers by their masks', () => {
    const view = connectionView('openai', {
      config: {
        provider: 'openai',
        baseUrl: 'https://api.openai.com/v1',
        headers: { 'X-Team': 'lab', 'X-Api-Key': '••••1234' },
        tags: ['fast', 'paid'],
        modelIds: ['gpt-4.1', 'o4-mini'],
        passthroughParams: ['metadata'],
        timeouts: { connectMs: 2500, firstByteMs: 90_000, idleMs: 30_000 },
        probeSeconds: 0.5,
        priority: 3,
      },
      keys: [{ id: 'k1', mask: '••••4f2a' }],
    })
    expect(connectionInputSchema.parse(inputOfView(view))).toEqual({ ...view.config, keys: [{ keep: 'k1' }] })
  })

  it('leaves out empty rows, and trims what was typed', () => {
    const draft = newDraft({ preset: 'groq', baseUrl: null, key: ' gsk_1 ' })
    const input = inputOf({
      ...draft,
      keys: [...draft.keys, { id: 'x', mask: null, value: '  ' }],
      headers: [
        { id: 'a', name: ' X-Team ', value: 'lab' },
        { id: 'b', name: '', value: '' },
      ],
      tags: ' a, ,b\nc ',
      modelIds: 'one\n\n two ',
    })
    expect(input).toMatchObject({
      provider: 'openai',
      baseUrl: 'https://api.groq.com/openai/v1',
      keys: [{ value: 'gsk_1' }],
      headers: { 'X-Team': 'lab' },
      tags: ['a', 'b', 'c'],
      modelIds: ['one', 'two'],
    })
  })

  it('fills in the address of another provider, and keeps one that was typed', () => {
    const fresh = newDraft(null)
    expect(withPreset(fresh, 'mistral').config).toMatchObject({
      provider: 'openai',
      baseUrl: 'https://api.mistral.ai/v1',
    })
    const typed = { ...fresh, config: { ...fresh.config, baseUrl: 'http://gpu:11434' } }
    expect(withPreset(typed, 'anthropic').config).toMatchObject({ provider: 'anthropic', baseUrl: 'http://gpu:11434' })
  })

  it('tells the vendor of a stored connection by its address', () => {
    const id = (provider: 'openai' | 'ollama', baseUrl: string): string => presetFor({ provider, baseUrl }).id
    expect(id('openai', 'https://api.groq.com/other')).toBe('groq')
    expect(id('openai', 'http://127.0.0.1:8000/v1')).toBe('vllm')
    expect(id('openai', 'https://llm.example.com/v1')).toBe('compatible')
    expect(id('ollama', 'http://192.168.1.40:11434')).toBe('ollama')
  })

  it('keeps nothing of the built-in connection to edit', () => {
    expect(() => draftOfView({ ...connectionView('llama'), config: null })).toThrow(/built-in/)
  })
})
