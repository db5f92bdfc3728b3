import { describe, expect, test } from 'vitest'
import {
  ollamaEntries,
  ollamaEntryDigest,
  ollamaLoadedModels,
  ollamaShown,
  ollamaUpstreamModel,
} from '../../../src/main/engine/wire/ollama/upstream-models.ts'

const DIGEST = '030ee887880fc378860c2dd35101da424377520441ae4bfe7be6deff8ade7840'
/** Recorded from Ollama 0.13.5. */
const ENTRY = {
  name: 'qwen3:32b',
  model: 'qwen3:32b',
  modified_at: '2025-08-26T21:46:36.388995313+03:00',
  size: 20_201_253_829,
  digest: DIGEST,
  details: {
    parent_model: '',
    format: 'gguf',
    family: 'qwen3',
    families: ['qwen3'],
    parameter_size: '32.8B',
    quantization_level: 'Q4_K_M',
  },
}

test('a list entry, loaded and shown', () => {
  const shown = { capabilities: ['chat' as const], contextLength: 40_960 }
  const loaded = { expiresAt: 5, vramBytes: 7 }
  expect(ollamaUpstreamModel(ENTRY, 'qwen3:32b', shown, loaded)).toEqual({
    upstreamModel: 'qwen3:32b',
    name: 'qwen3:32b',
    capabilities: ['chat'],
    contextLength: 40_960,
    sizeBytes: 20_201_253_829,
    quantization: 'Q4_K_M',
    parameterSize: '32.8B',
    family: 'qwen3',
    digest: DIGEST,
    modifiedAt: Date.UTC(2025, 7, 26, 18, 46, 36, 388),
    loaded: true,
    state: 'ready',
    reason: null,
    isDemo: false,
    expiresAt: 5,
    vramBytes: 7,
    raw: ENTRY,
  })
})

test('an entry that says little is a model all the same', () => {
  expect(ollamaUpstreamModel({ name: 'x' }, 'x', null, null)).toMatchObject({
    capabilities: ['chat', 'completion', 'json-schema'],
    contextLength: null,
    sizeBytes: null,
    modifiedAt: 0,
    loaded: false,
    expiresAt: null,
    digest: expect.stringMatching(/^[0-9a-f]+$/),
  })
})

test('loaded models: a far time means that it stays', () => {
  const now = Date.UTC(2026, 10, 21)
  const loaded = ollamaLoadedModels(
    [
      { model: 'a', expires_at: '2026-11-21T00:05:00.5Z', size_vram: 10 },
      { name: 'b', expires_at: '2318-04-22T19:11:26.424915319+03:00', size_vram: 0 },
      { model: 'c', expires_at: '0001-01-01T00:00:00Z' },
      {},
    ],
    now,
  )
  expect([...loaded]).toEqual([
    ['a', { expiresAt: now + 300_500, vramBytes: 10 }],
    ['b', { expiresAt: null, vramBytes: 0 }],
    ['c', { expiresAt: null, vramBytes: null }],
  ])
})

test.each([
  [{ models: [ENTRY, 'junk'] }, [ENTRY]],
  [{ models: null }, []],
  [{ object: 'list', data: [] }, null],
  ['<html>', null],
  [{ models: 'many' }, null],
])('entries of %j', (answer, entries) => {
  expect(ollamaEntries(answer)).toEqual(entries)
})

test('digests with and without their prefix are one', () => {
  expect(ollamaEntryDigest({ ...ENTRY, digest: `sha256:${DIGEST}` })).toBe(DIGEST)
})

describe('what show tells', () => {
  const info = { 'general.architecture': 'qwen3', 'qwen3.context_length': 40_960 }

  test.each([
    [
      ['completion', 'tools', 'vision', 'thinking', 'insert'],
      ['chat', 'completion', 'json-schema', 'tools', 'vision', 'reasoning'],
    ],
    [['embedding'], ['embedding']],
    [['image'], []],
  ])('capabilities %j', (named, ours) => {
    expect(ollamaShown({ model_info: info, capabilities: named }, ENTRY)).toEqual({
      capabilities: ours,
      contextLength: 40_960,
    })
  })

  test.each([
    ['bert', {}, {}, ['embedding']],
    ['llama', {}, { model_info: { 'nomic.pooling_type': 1 } }, ['embedding']],
    ['llama', { families: ['llama', 'clip'] }, {}, ['chat', 'completion', 'json-schema', 'vision']],
    ['llama', {}, { projector_info: {} }, ['chat', 'completion', 'json-schema', 'vision']],
    [
      'qwen3',
      {},
      { template: '{{ if .Tools }}{{ end }}{{ if .Thinking }}<think>{{ end }}' },
      ['chat', 'completion', 'json-schema', 'tools', 'reasoning'],
    ],
  ])('a server that names none: family %s, %j, %j', (family, details, answer, ours) => {
    expect(ollamaShown(answer, { ...ENTRY, details: { ...details, family } }).capabilities).toEqual(ours)
  })

  test("the Modelfile's own num_ctx counts where it is smaller", () => {
    const parameters =
      'stop                           "<|im_end|>"\nnum_ctx                        8192\ntemperature  0.6'
    expect(ollamaShown({ model_info: info, parameters }, ENTRY).contextLength).toBe(8192)
    expect(ollamaShown({ model_info: info, parameters: 'num_ctx 100000' }, ENTRY).contextLength).toBe(40_960)
    expect(ollamaShown({ parameters }, ENTRY).contextLength).toBe(8192)
    expect(ollamaShown({}, ENTRY).contextLength).toBeNull()
  })
})
