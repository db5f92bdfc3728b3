import { describe, expect, it } from 'vitest'
import { recognisePaste } from '../../../src/renderer/features/backends/recognise-paste.ts'

const hex = (length: number): string => '0123456789abcdef'.repeat(8).slice(0, length)

describe('what a paste seems to be', () => {
  it.each([
    ['http://192.168.1.40:11434', 'ollama'],
    ['http://127.0.0.1:11434/v1', 'compatible'],
    ['http://127.0.0.1:1234/v1', 'lm-studio'],
    ['http://gpu:8000/v1', 'vllm'],
    ['https://api.openai.com/v1', 'openai'],
    ['https://openrouter.ai/api/v1', 'openrouter'],
    ['https://my-lab.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21', 'azure'],
    ['https://llm.example.com/v1', 'compatible'],
    ['192.168.1.100:11434', 'ollama'],
    ['[fd00::7]:11434', 'ollama'],
    ['localhost', 'compatible'],
  ])('reads %s as an address of %s, and keeps it as it was pasted', (text, preset) => {
    expect(recognisePaste(text)).toEqual({ preset, baseUrl: text, key: null })
  })

  it.each([
    [`sk-ant-api03-${hex(40)}`, 'anthropic'],
    [`sk-or-v1-${hex(64)}`, 'openrouter'],
    [`sk-proj-${hex(48)}`, 'openai'],
    [`sk-${hex(32)}`, 'deepseek'],
    [`sk-${hex(47)}Z`, 'openai'],
    [`gsk_${hex(52)}`, 'groq'],
    [`tgp_v1_${hex(43)}`, 'together'],
    [hex(64), 'together'],
    [hex(32), 'azure'],
    [`Q${hex(31)}`, 'mistral'],
  ])('reads the key %s as one of %s', (key, preset) => {
    expect(recognisePaste(key)).toEqual({ preset, baseUrl: null, key })
  })

  it.each([
    ['  sk-ant-api03-0123456789abcdef \n', 'sk-ant-api03-0123456789abcdef'],
    ['export ANTHROPIC_API_KEY="sk-ant-api03-0123456789abcdef"', 'sk-ant-api03-0123456789abcdef'],
    ['Authorization: Bearer gsk_0123456789abcdef', 'gsk_0123456789abcdef'],
  ])('takes the value out of %j', (text, key) => {
    expect(recognisePaste(text)?.key).toBe(key)
  })

  it.each(['', 'hello', 'two words', 'a sentence with http://a.b in it', 'sk-short', 'package.json', '12:30'])(
    'leaves %j alone',
    (text) => {
      expect(recognisePaste(text)).toBeNull()
    },
  )
})
