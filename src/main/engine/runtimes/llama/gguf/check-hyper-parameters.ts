import { KNOWN_ARCHITECTURES, RECURRENT_ARCHITECTURES } from './architectures.ts'
import { GgufRefusal } from './gguf-refusal.ts'
import { integerOf, type Metadata, textOf } from './metadata-values.ts'

/** The sizes every architecture names. Lengths in tokens or values. */
export type HyperParameters = {
  architecture: string
  contextLength: number
  embeddingLength: number
  blockCount: number
  headCount: number
  vocabularySize: number
}

// llama.cpp's own limits, which it enforces by aborting the process
const MOST_BLOCKS = 512
const MOST_EXPERTS = 1024
// No limit of llama.cpp; far above any real model and far below what overflows its sums
const LARGEST_SIZE = 2 ** 24
const LONGEST_CONTEXT = 2 ** 31 - 1
// Architectures whose loader demands that the whole head is rotated
const FULLY_ROTATED = new Set(['llama', 'deci', 'falcon', 'llama-embed'])

/** Checks the numbers on which llama.cpp would abort, divide by zero or allocate without end. Throws GgufRefusal. */
export function checkHyperParameters(metadata: Metadata): HyperParameters {
  const architecture = checkArchitecture(metadata)
  const sized = (key: string, most: number) => requireSize(metadata, `${architecture}.${key}`, most)
  const contextLength = sized('context_length', LONGEST_CONTEXT)
  const embeddingLength = sized('embedding_length', LARGEST_SIZE)
  const blockCount = sized('block_count', MOST_BLOCKS)
  const headCount = checkHeads(metadata, architecture, embeddingLength)
  checkExperts(metadata, architecture, blockCount)
  return {
    architecture,
    contextLength,
    embeddingLength,
    blockCount,
    headCount,
    vocabularySize: checkVocabulary(metadata, architecture),
  }
}

function checkArchitecture(metadata: Metadata): string {
  const architecture = textOf(metadata, 'general.architecture')
  if (architecture === null) throw new GgufRefusal('damaged', 'The file does not say which architecture it has.')
  if (architecture === 'clip') {
    throw new GgufRefusal(
      'projector',
      'The file is a vision projector (mmproj) that belongs to another model; it cannot answer alone.',
    )
  }
  if (!KNOWN_ARCHITECTURES.has(architecture)) {
    throw new GgufRefusal(
      'architecture',
      `The file has the architecture ${JSON.stringify(architecture.slice(0, 40))}, which this version of llama.cpp does not know.`,
    )
  }
  return architecture
}

function requireSize(metadata: Metadata, key: string, most: number): number {
  const value = integerOf(metadata, key)
  if (value === null) throw new GgufRefusal('damaged', `The file does not give "${key}".`)
  if (value < 1 || value > most) {
    throw new GgufRefusal('damaged', `The file gives ${value} for "${key}"; it must be between 1 and ${most}.`)
  }
  return value
}

function checkHeads(metadata: Metadata, architecture: string, embeddingLength: number): number {
  const key = `${architecture}.attention.head_count`
  const headCount = integerOf(metadata, key) ?? 0
  if (headCount === 0 && RECURRENT_ARCHITECTURES.has(architecture)) return 0
  if (headCount < 1 || headCount > LARGEST_SIZE) {
    throw new GgufRefusal(
      'damaged',
      `The file gives ${headCount} attention heads ("${key}"); there must be at least one.`,
    )
  }
  const keyLength = integerOf(metadata, `${architecture}.attention.key_length`)
  const valueLength = integerOf(metadata, `${architecture}.attention.value_length`)
  const headLength = keyLength ?? Math.floor(embeddingLength / headCount)
  if (headLength < 1 || headLength > LARGEST_SIZE) {
    throw new GgufRefusal(
      'damaged',
      `The file splits ${embeddingLength} values over ${headCount} heads of ${headLength}.`,
    )
  }
  if (architecture === 'llama' && valueLength !== null && valueLength !== headLength) {
    throw new GgufRefusal(
      'damaged',
      `The file has attention keys of ${headLength} values but attention values of ${valueLength}.`,
    )
  }
  const rotated = integerOf(metadata, `${architecture}.rope.dimension_count`) ?? headLength
  if (FULLY_ROTATED.has(architecture) && rotated !== headLength) {
    throw new GgufRefusal(
      'damaged',
      `The file rotates ${rotated} values of each attention head, but a head has ${headLength}.`,
    )
  }
  return headCount
}

function checkExperts(metadata: Metadata, architecture: string, blockCount: number): void {
  const experts = integerOf(metadata, `${architecture}.expert_count`) ?? 0
  const used = integerOf(metadata, `${architecture}.expert_used_count`) ?? 0
  if (experts < 0 || experts > MOST_EXPERTS || used < 0 || used > experts || (experts > 1 && used === 0)) {
    throw new GgufRefusal(
      'damaged',
      `The file uses ${used} of ${experts} experts; at most ${MOST_EXPERTS} are possible.`,
    )
  }
  const predicted = integerOf(metadata, `${architecture}.nextn_predict_layers`) ?? 0
  if (predicted < 0 || predicted > blockCount) {
    throw new GgufRefusal('damaged', `The file has ${predicted} prediction layers, more than its ${blockCount} layers.`)
  }
}

function checkVocabulary(metadata: Metadata, architecture: string): number {
  const tokens = metadata.get('tokenizer.ggml.tokens')
  const stated = integerOf(metadata, `${architecture}.vocab_size`)
  if (typeof tokens !== 'object') {
    if (textOf(metadata, 'tokenizer.ggml.model') === 'no_vocab' && stated !== null) return stated
    throw new GgufRefusal('incomplete', 'The file holds no vocabulary, so it cannot read or write text.')
  }
  if (tokens.length === 0) throw new GgufRefusal('damaged', 'The vocabulary is empty.')
  for (const key of ['tokenizer.ggml.token_type', 'tokenizer.ggml.scores']) {
    const companion = metadata.get(key)
    if (typeof companion === 'object' && companion.length < tokens.length) {
      throw new GgufRefusal(
        'damaged',
        `The vocabulary has ${tokens.length} tokens, but "${key}" covers ${companion.length}.`,
      )
    }
  }
  return tokens.length
}
