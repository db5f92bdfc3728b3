import { expect, test } from 'vitest'
import {
  type CheckedModel,
  checkLoadOptions,
  type MachineLimits,
} from '../../../../src/main/engine/runtimes/llama/check-load-options.ts'
import type { GgufFacts } from '../../../../src/shared/models.ts'

const facts: GgufFacts = {
  architecture: 'llama',
  name: null,
  sizeLabel: null,
  parameterCount: null,
  quantization: 'Q4_K_M',
  contextLength: 131_072,
  embeddingLength: 4096,
  blockCount: 32,
  headCount: 32,
  vocabularySize: 128_000,
  hasChatTemplate: true,
  isEmbedding: false,
  license: null,
}
const model: CheckedModel = { id: 'llama3', sizeBytes: 5e9, facts, metadata: { 'llama.attention.head_count_kv': 8 } }
const machine: MachineLimits = { memoryBytes: 16e9, threads: 8, mayUseGpu: true }
const check = (options: object, over: Partial<MachineLimits> = {}) =>
  checkLoadOptions({ ...options }, {}, model, { ...machine, ...over })

test('what can be loaded has no faults', () => {
  expect(check({})).toEqual([])
  expect(check({ contextSize: 8192, gpuLayers: 33, threads: 8, batchSize: 512, sequences: 4, mmap: true })).toEqual([])
  expect(check({ gpuLayers: 'auto', keepAliveSeconds: -1 })).toEqual([])
})

test.each<[object, string]>([
  [{ contextSize: 200_000 }, 'contextSize asks for 200,000 tokens, but llama3 reads 131,072 at most.'],
  [{ contextSize: 1 }, 'contextSize must be 64 or more, but is 1.'],
  [{ contextSize: 8192.5 }, 'contextSize must be a whole number, but is 8192.5.'],
  [{ gpuLayers: 40 }, 'gpuLayers asks for 40 layers, but llama3 has 33.'],
  [{ gpuLayers: 'all' }, 'gpuLayers must be "auto", "max" or a whole number from 0 to 10,000, but is "all".'],
  [{ threads: 9 }, 'threads asks for 9, but this machine runs 8 at once.'],
  [{ threads: 1000 }, 'threads must be 512 or less, but is 1000.'],
  [{ mmap: 'yes' }, 'mmap must be true or false, but is "yes".'],
  [{ num_ctx: 5 }, '"num_ctx" is no load option.'],
  [
    { contextSize: 512, batchSize: 1024 },
    'batchSize (1,024) is larger than the context (512 tokens): it cannot be filled.',
  ],
  // 32 blocks x 8 heads x (128 + 128) x 2 bytes = 131,072 bytes a token.
  [
    { contextSize: 131_072, gpuLayers: 0 },
    'A context of 131,072 tokens takes about 17.2 GB beside the weights, but this machine has 16 GB of memory.',
  ],
  [
    { contextSize: 65_536, sequences: 2, gpuLayers: 0 },
    'A context of 65,536 tokens for each of 2 sequences takes about 17.2 GB beside the weights, but this machine has 16 GB of memory.',
  ],
])('%j: %s', (options, sentence) => {
  expect(check(options)).toEqual([sentence])
})

test('weights that must lie in memory need room; those that are mapped do not', () => {
  const small = { memoryBytes: 4e9 }
  expect(check({ mlock: true, gpuLayers: 0 }, small)).toEqual([
    'The weights of llama3 take 5 GB, but this machine has 4 GB of memory.',
  ])
  expect(check({ mlock: false, gpuLayers: 0 }, small)).toEqual([])
})

test('several faults are told at once, and a GPU that is switched off is said so', () => {
  expect(check({ contextSize: 200_000, threads: 9, gpuLayers: 'max' }, { mayUseGpu: false })).toHaveLength(3)
  expect(check({ contextSize: 'x', nonsense: 1 })).toHaveLength(2)
  expect(check({ gpuLayers: 'max' }, { mayUseGpu: false })[0]).toContain('SWITCHYARD_GPU')
})
