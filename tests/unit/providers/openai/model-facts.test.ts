import { describe, expect, test } from 'vitest'
import { toUpstreamModel } from '../../../../src/main/engine/providers/openai/model-facts.ts'
import {
  AZURE,
  COMPATIBLE,
  LOCALAI,
  OPENAI,
  VENDORS,
  type Vendor,
  vendorOfHost,
  vendorOfOwner,
} from '../../../../src/main/engine/providers/openai/vendor-table.ts'

function vendor(name: string): Vendor {
  return VENDORS.find((each) => each.vendor === name) ?? COMPATIBLE
}

function model(id: string, entry: Record<string, unknown> = {}, of: Vendor = COMPATIBLE) {
  return toUpstreamModel(id, entry, of, 'https://example.com/v1')
}

describe('vendors', () => {
  test.each([
    ['api.openai.com', 'openai'],
    ['eu.api.openai.com', 'openai'],
    ['my-resource.openai.azure.com', 'azure'],
    ['openrouter.ai', 'openrouter'],
    ['API.GROQ.COM', 'groq'],
    ['api.mistral.ai', 'mistral'],
    ['api.deepseek.com', 'deepseek'],
    ['api.together.xyz', 'together'],
    ['generativelanguage.googleapis.com', 'google'],
    ['notopenai.com', undefined],
    ['openai.com.example.org', undefined],
    ['127.0.0.1', undefined],
  ])('the host %s is %s', (host, name) => {
    expect(vendorOfHost(host)?.vendor).toBe(name)
  })

  test.each([
    ['vllm', 'vllm'],
    ['llamacpp', 'llama.cpp'],
    ['organization_owner', 'lmstudio'],
    ['library', 'ollama'],
    ['system', 'openai'],
    ['openai', undefined],
  ])('who signs as %s is %s', (owner, name) => {
    expect(vendorOfOwner(owner)?.vendor).toBe(name)
  })

  test('every row has a name, and no host or signature belongs to two', () => {
    const all = <T>(of: (each: Vendor) => readonly T[]) => VENDORS.flatMap((each) => of(each))
    for (const names of [all((each) => [each.vendor]), all((each) => each.hosts), all((each) => each.ownedBy)]) {
      expect(new Set(names).size).toBe(names.length)
    }
  })
})

describe('context length', () => {
  test.each([
    [{ context_length: 128000 }, 128000],
    [{ context_window: 131072 }, 131072],
    [{ max_model_len: 40960 }, 40960],
    [{ max_context_length: 32768 }, 32768],
    [{ loaded_context_length: 4096, max_context_length: 32768 }, 4096],
    [{ max_input_tokens: 200000 }, 200000],
    [{ top_provider: { context_length: 64000 } }, 64000],
    [{ meta: { n_ctx_train: 8192 } }, 8192],
    [{ meta: { n_ctx: 2048, n_ctx_train: 8192 } }, 2048],
    [{ context_length: 0 }, null],
    [{ context_length: 'many' }, null],
    [{}, null],
  ])('%j: %s', (entry, length) => {
    expect(model('m', entry).contextLength).toBe(length)
  })
})

describe('capabilities', () => {
  test.each<[string, Record<string, unknown>, Vendor, string[]]>([
    ['some-model', {}, COMPATIBLE, ['chat', 'completion', 'tools', 'json-schema']],
    ['gpt-4o', {}, OPENAI, ['chat', 'tools', 'json-schema', 'vision']],
    ['gpt-5-mini', {}, OPENAI, ['chat', 'tools', 'json-schema', 'vision', 'reasoning']],
    ['o3-mini', {}, OPENAI, ['chat', 'tools', 'json-schema', 'reasoning']],
    ['gpt-3.5-turbo', {}, OPENAI, ['chat', 'tools', 'json-schema']],
    ['gpt-3.5-turbo-instruct', {}, OPENAI, ['completion']],
    ['davinci-002', {}, OPENAI, ['completion']],
    ['text-embedding-3-small', {}, OPENAI, ['embedding']],
    ['whisper-1', {}, OPENAI, []],
    ['tts-1-hd', {}, OPENAI, []],
    ['dall-e-3', {}, OPENAI, []],
    ['gpt-image-1', {}, OPENAI, []],
    ['omni-moderation-latest', {}, OPENAI, []],
    ['gpt-4o-realtime-preview', {}, OPENAI, []],
    ['gpt-4o-transcribe', {}, OPENAI, []],
    ['gpt-4o-audio-preview', {}, OPENAI, []],
    ['sora-2', {}, OPENAI, []],
    ['davinci-002', {}, vendor('groq'), []],
    ['suno/bark', {}, COMPATIBLE, []],
    ['bark-small', {}, COMPATIBLE, []],
    ['embark-7b', {}, COMPATIBLE, ['chat', 'completion', 'tools', 'json-schema']],
    ['barkley-7b', {}, COMPATIBLE, ['chat', 'completion', 'tools', 'json-schema']],
    ['sorani-7b', {}, COMPATIBLE, ['chat', 'completion', 'tools', 'json-schema']],
    ['BAAI/bge-m3', {}, COMPATIBLE, ['embedding']],
    ['intfloat/e5-large', {}, COMPATIBLE, ['embedding']],
    ['nomic-embed-text', {}, COMPATIBLE, ['embedding']],
    ['qwen2.5-vl-7b', {}, COMPATIBLE, ['chat', 'completion', 'tools', 'json-schema', 'vision']],
    ['deepseek-reasoner', {}, vendor('deepseek'), ['chat', 'tools', 'reasoning']],
    [
      'openai/gpt-4o',
      {
        architecture: { input_modalities: ['text', 'image'], output_modalities: ['text'] },
        supported_parameters: ['tools', 'structured_outputs', 'temperature'],
      },
      vendor('openrouter'),
      ['chat', 'completion', 'vision', 'tools', 'json-schema'],
    ],
    [
      'x/gpt-4o-lookalike',
      { architecture: { input_modalities: ['text'] }, supported_parameters: ['reasoning'] },
      vendor('openrouter'),
      ['chat', 'completion', 'reasoning'],
    ],
    ['x/painter', { architecture: { output_modalities: ['image'] } }, vendor('openrouter'), []],
    [
      'pixtral-large',
      { capabilities: { completion_chat: true, function_calling: true, vision: true } },
      vendor('mistral'),
      ['chat', 'vision', 'tools'],
    ],
    [
      'mistral-small',
      { capabilities: { completion_chat: true, function_calling: false, vision: false } },
      vendor('mistral'),
      ['chat'],
    ],
    ['qwen2-vl', { type: 'vlm' }, vendor('lmstudio'), ['chat', 'completion', 'tools', 'json-schema', 'vision']],
    ['nomic', { type: 'embeddings' }, vendor('lmstudio'), ['embedding']],
    ['flux', { type: 'image' }, vendor('together'), []],
    ['ada', { capabilities: { embeddings: true, chat_completion: false } }, AZURE, ['embedding']],
    ['gpt-4o', { capabilities: { chat_completion: true } }, AZURE, ['chat', 'tools', 'json-schema', 'vision']],
    ['parakeet', { capabilities: ['transcript'] }, LOCALAI, []],
    ['vlm', { capabilities: ['chat', 'vision'] }, LOCALAI, ['chat', 'completion', 'tools', 'json-schema', 'vision']],
  ])('%s %j', (id, entry, of, capabilities) => {
    expect(new Set(model(id, entry, of).capabilities)).toEqual(new Set(capabilities))
  })
})

test('a whole entry', () => {
  const entry = {
    id: 'gpt-oss-20b',
    created: 1_715_367_049,
    owned_by: 'llamacpp',
    meta: { n_ctx_train: 131_072, n_params: 20_914_757_184, size: 12_109_565_632 },
  }
  expect(model('gpt-oss-20b', entry, vendor('llama.cpp'))).toEqual({
    upstreamModel: 'gpt-oss-20b',
    name: 'gpt-oss-20b',
    capabilities: expect.arrayContaining(['chat']),
    contextLength: 131_072,
    sizeBytes: 12_109_565_632,
    quantization: null,
    parameterSize: '20.9B',
    family: null,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    modifiedAt: 1_715_367_049_000,
    loaded: true,
    state: 'ready',
    reason: null,
    isDemo: false,
    ownedBy: 'llamacpp',
    raw: entry,
  })
})

test('what LM Studio tells of itself', () => {
  const entry = { type: 'llm', arch: 'qwen2', quantization: '4bit', state: 'not-loaded', max_context_length: 32_768 }
  expect(model('qwen', entry, vendor('lmstudio'))).toMatchObject({
    family: 'qwen2',
    quantization: '4bit',
    loaded: false,
    contextLength: 32_768,
  })
})
