import { expect, test } from 'vitest'
import { ollamaList } from '../../../../src/main/engine/wire/open-webui/ollama-list.ts'
import { openAiList } from '../../../../src/main/engine/wire/open-webui/openai-list.ts'
import { upstreamModel } from '../../../support/scripted-adapter.ts'

const named = (name: string) => upstreamModel({ upstreamModel: name })
const itself = (id: string): string => id
const source = { index: 0, prefix: '', tags: [] }

test('an allow-list of either family does not look at :latest', () => {
  const models = [named('llama3.2:latest'), named('qwen3'), named('secret')]
  const modelIds = ['llama3.2', 'qwen3:latest']
  const ollama = ollamaList([{ ...source, connectionType: 'local', modelIds, models }], itself)
  expect(ollama.map(({ model }) => model)).toEqual(['llama3.2:latest', 'qwen3'])
  const connection = { ...source, baseUrl: 'http://box/v1', connectionType: 'external' as const, provider: '' }
  const openAi = openAiList([{ ...connection, modelIds, models }], itself)
  expect(openAi.map(({ id }) => id)).toEqual(['llama3.2:latest', 'qwen3'])
})

test('a loaded model has its time in whole seconds, one that stays a time far off, and another none', () => {
  const models = [
    upstreamModel({ upstreamModel: 'soon', loaded: true, expiresAt: 1_767_225_600_999 }),
    upstreamModel({ upstreamModel: 'stays', loaded: true, expiresAt: null }),
    upstreamModel({ upstreamModel: 'rests', loaded: false, expiresAt: null }),
  ]
  const entries = ollamaList([{ ...source, connectionType: 'local', modelIds: [], models }], itself)
  expect(entries.map(({ model, expires_at }) => [model, expires_at])).toEqual([
    ['soon', 1_767_225_600],
    ['stays', Date.UTC(2318, 0, 1) / 1000],
    ['rests', undefined],
  ])
})
