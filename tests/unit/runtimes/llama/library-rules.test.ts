import { describe, expect, test } from 'vitest'
import { parameterSize } from '../../../../src/main/engine/providers/llama/llama-adapter.ts'
import { IdBook } from '../../../../src/main/engine/runtimes/llama/library/assign-ids.ts'
import { groupSplitFiles, partPaths } from '../../../../src/main/engine/runtimes/llama/library/split-files.ts'
import { hintedOptions, neededChange } from '../../../../src/main/engine/runtimes/llama/pool/effective-options.ts'
import { tellingLine } from '../../../../src/main/engine/runtimes/llama/worker/native-log.ts'

test('ids are stable per path, numbered when taken, and free again when the file goes', () => {
  const book = new IdBook(['demo'])
  expect(book.idFor('/a/demo.gguf', 'demo')).toBe('demo-2')
  expect(book.idFor('/a/x.gguf', 'x')).toBe('x')
  expect(book.idFor('/b/x.gguf', 'x')).toBe('x-2')
  expect(book.idFor('/a/x.gguf', 'x')).toBe('x')
  book.release('/a/x.gguf')
  expect(book.idFor('/c/x.gguf', 'x')).toBe('x')
})

test('split files are one group per folder, with the missing parts', () => {
  const groups = groupSplitFiles([
    '/a/m-00002-of-00003.gguf',
    '/a/m-00001-of-00003.gguf',
    '/a/single.GGUF',
    '/b/m-00001-of-00003.gguf',
  ])
  expect(groups.map(({ name, path, missing, total }) => ({ name, path, missing, total }))).toEqual([
    { name: 'm', path: '/a/m-00001-of-00003.gguf', missing: [3], total: 3 },
    { name: 'single', path: '/a/single.GGUF', missing: [], total: 1 },
    { name: 'm', path: '/b/m-00001-of-00003.gguf', missing: [2, 3], total: 3 },
  ])
  expect(partPaths('/a/m-00001-of-00002.gguf')).toEqual(['/a/m-00001-of-00002.gguf', '/a/m-00002-of-00002.gguf'])
})

describe('neededChange', () => {
  const facts = {
    contextSize: 4096,
    trainedContextSize: 8192,
    sequences: 8,
    gpuLayers: 0,
    memory: { ram: 1, vram: 0 },
    options: { threads: 2, batchSize: 512, mmap: true },
  }
  test.each([
    [{}, 'none'],
    [{ contextSize: 2048 }, 'none'],
    [{ contextSize: 8192 }, 'context'],
    [{ threads: 2, batchSize: 512, mmap: true }, 'none'],
    [{ threads: 4 }, 'context'],
    [{ gpuLayers: 0 }, 'none'],
    [{ gpuLayers: 10 }, 'model'],
    [{ mmap: false }, 'model'],
    [{ mlock: true }, 'model'],
  ] as const)('%j needs %s', (wishes, change) => {
    expect(neededChange(wishes, {}, facts)).toBe(change)
  })

  test('a context that came out smaller than asked is not tried again', () => {
    expect(neededChange({ contextSize: 8192 }, { contextSize: 8192 }, facts)).toBe('none')
  })

  test("Ollama's automatic values become ours", () => {
    expect(hintedOptions({ gpuLayers: -1, threads: 0, contextSize: 100 })).toEqual({
      gpuLayers: 'auto',
      contextSize: 100,
    })
  })
})

test('parameter sizes read as Ollama writes them', () => {
  const size = (parameterCount: number | null) => parameterSize({ parameterCount, sizeLabel: 'label' })
  expect([8_030_261_248, 751_632_384, 120_000, 42, null].map(size)).toEqual([
    '8.0B',
    '751.63M',
    '120.00K',
    '42',
    'label',
  ])
})

test("llama.cpp's cause is found among its lines", () => {
  expect(tellingLine(['llama_model_load: error loading model: unknown model architecture: x', 'failed to load'])).toBe(
    'unknown model architecture: x',
  )
  expect(tellingLine(['something', 'failed to read magic'])).toBe('failed to read magic')
  expect(tellingLine([])).toBeNull()
})
