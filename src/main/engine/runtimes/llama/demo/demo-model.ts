import { DEMO_CHAT_TEMPLATE } from './demo-chat-template.ts'
import { DEMO_HEADS, type DemoHead, EMBEDDING_LENGTH, FEED_FORWARD_LENGTH, HEAD_LENGTH } from './demo-layout.ts'
import { buildDemoVocabulary, type DemoVocabulary } from './demo-vocabulary.ts'
import { chatTensors, type DemoRotation, embeddingTensors } from './demo-weights.ts'
import { type GgufValue, writeGguf } from './gguf-writer.ts'

/** The shipped model, its long-context twin and the embedding model that tests use. */
export type DemoVariant = 'demo' | 'demo-long' | 'demo-embed'

const CONTEXT_LENGTHS: Record<DemoVariant, number> = { demo: 8192, 'demo-long': 131_072, 'demo-embed': 2048 }
const TITLES: Record<DemoVariant, string> = {
  demo: 'Switchyard demo',
  'demo-long': 'Switchyard demo, long context',
  'demo-embed': 'Switchyard demo, embeddings',
}
const FILE_TYPE_Q8_0 = 7
const MEAN_POOLING = 1

/** Builds a whole GGUF file in memory (under 1 MB). The same variant always gives the same bytes. */
export function buildDemoModel(variant: DemoVariant): Uint8Array {
  const vocabulary = buildDemoVocabulary()
  const rotation = rotationFor(variant)
  const heads = headsFor(variant)
  const tensors =
    variant === 'demo-embed' ? embeddingTensors(vocabulary, heads) : chatTensors(vocabulary, heads, rotation)
  return writeGguf(
    new Map([
      ...generalMetadata(variant),
      ...architectureMetadata(variant, vocabulary, heads.length, rotation),
      ...tokenizerMetadata(vocabulary),
    ]),
    tensors,
  )
}

// The slope must not turn within the context: theta * contextLength stays under pi/4 for the shipped model. The long
// variant may turn after 60 000 tokens, but keeps telling near from far; its coarser scores need a larger bonus.
function rotationFor(variant: DemoVariant): DemoRotation {
  return variant === 'demo-long'
    ? { frequencyBase: 1.5, scale: 80_000, favourTokens: 6 }
    : { frequencyBase: 1.5, scale: 10_000, favourTokens: 1 }
}

// Attention over 60 000 tokens costs seconds per head, and the tests of long prompts need the topic alone; the
// embedding variant attends to nothing.
function headsFor(variant: DemoVariant): readonly DemoHead[] {
  return variant === 'demo' ? DEMO_HEADS : DEMO_HEADS.slice(0, 1)
}

function generalMetadata(variant: DemoVariant): [string, GgufValue][] {
  return [
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.name', { type: 'string', value: TITLES[variant] }],
    [
      'general.description',
      { type: 'string', value: 'Hand-written weights that prove the pipeline; not a language model to rely on.' },
    ],
    ['general.size_label', { type: 'string', value: '0.8M' }],
    ['general.license', { type: 'string', value: 'mit' }],
    ['general.alignment', { type: 'uint32', value: 32 }],
    ['general.quantization_version', { type: 'uint32', value: 2 }],
    ['general.file_type', { type: 'uint32', value: FILE_TYPE_Q8_0 }],
  ]
}

function architectureMetadata(
  variant: DemoVariant,
  vocabulary: DemoVocabulary,
  headCount: number,
  rotation: DemoRotation,
): [string, GgufValue][] {
  const uint32 = (key: string, value: number): [string, GgufValue] => [`llama.${key}`, { type: 'uint32', value }]
  const float32 = (key: string, value: number): [string, GgufValue] => [`llama.${key}`, { type: 'float32', value }]
  return [
    uint32('vocab_size', vocabulary.tokens.length),
    uint32('context_length', CONTEXT_LENGTHS[variant]),
    uint32('embedding_length', EMBEDDING_LENGTH),
    uint32('block_count', 1),
    uint32('feed_forward_length', FEED_FORWARD_LENGTH),
    uint32('attention.head_count', headCount),
    uint32('attention.head_count_kv', headCount),
    uint32('attention.key_length', HEAD_LENGTH),
    uint32('attention.value_length', HEAD_LENGTH),
    float32('attention.layer_norm_rms_epsilon', 1e-6),
    uint32('rope.dimension_count', HEAD_LENGTH),
    float32('rope.freq_base', rotation.frequencyBase),
    ['llama.rope.scaling.type', { type: 'string', value: 'linear' }],
    float32('rope.scaling.factor', rotation.scale),
    ...(variant === 'demo-embed' ? [uint32('pooling_type', MEAN_POOLING)] : []),
  ]
}

function tokenizerMetadata(vocabulary: DemoVocabulary): [string, GgufValue][] {
  const id = (key: string, text: string): [string, GgufValue] => [
    `tokenizer.ggml.${key}_token_id`,
    { type: 'uint32', value: vocabulary.idOf(text) },
  ]
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'llama-bpe' }],
    ['tokenizer.ggml.tokens', { type: 'strings', value: vocabulary.tokens.map((token) => token.text) }],
    ['tokenizer.ggml.token_type', { type: 'int32s', value: vocabulary.tokens.map((token) => token.type) }],
    ['tokenizer.ggml.merges', { type: 'strings', value: [] }],
    id('bos', '<|begin|>'),
    id('eos', '<|end|>'),
    id('eot', '<|end|>'),
    id('padding', '<|pad|>'),
    id('fim_pre', '<|fim_prefix|>'),
    id('fim_suf', '<|fim_suffix|>'),
    id('fim_mid', '<|fim_middle|>'),
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: true }],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: false }],
    ['tokenizer.chat_template', { type: 'string', value: DEMO_CHAT_TEMPLATE }],
  ]
}
