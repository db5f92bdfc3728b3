import { describe, expect, it } from 'vitest'
import { fitOf, quantizationBeside, searchFiles, sortFiles } from '../../../src/renderer/features/models/model-view.ts'
import { machine, modelFile } from '../support/samples.ts'

const GB = 1e9
const GiB = 1024 ** 3
const loaded = modelFile('c').loaded

describe('sortFiles', () => {
  const files = [
    modelFile('b', { lastUsedAt: 10, sizeBytes: 3 }),
    modelFile('a', { lastUsedAt: null, sizeBytes: 9 }),
    modelFile('c', {
      lastUsedAt: 5,
      sizeBytes: 3,
      loaded: {
        state: 'loaded',
        progress: 1,
        loadedAt: 1,
        expiresAt: null,
        activeRequests: 0,
        queuedRequests: 0,
        contextSize: 1,
        sequences: 1,
        memory: { ram: 1, vram: 0 },
        gpuLayers: 0,
        options: {},
      },
    }),
  ]
  const ids = (key: Parameters<typeof sortFiles>[1], direction: Parameters<typeof sortFiles>[2]): string =>
    sortFiles(files, key, direction)
      .map((file) => file.id)
      .join('')

  it('puts what is loaded first, then what was used last, then what never was', () => {
    expect(loaded).toBeNull()
    expect(ids('used', 'descending')).toBe('cba')
  })

  it('turns round, ties by name', () => {
    expect(ids('size', 'descending')).toBe('abc')
    expect(ids('size', 'ascending')).toBe('bca')
    expect(ids('name', 'descending')).toBe('cba')
  })
})

describe('searchFiles', () => {
  const files = [
    modelFile('Qwen3-8B-Q4_K_M'),
    modelFile('gemma', { facts: { architecture: 'gemma3', name: 'Gemma 3' } }),
  ]

  it('needs every word, in any field, in any case', () => {
    expect(searchFiles(files, 'GEMMA q4_k').map((file) => file.id)).toEqual(['gemma'])
    expect(searchFiles(files, 'qwen3 8b q6').length).toBe(0)
    expect(searchFiles(files, '  ').length).toBe(2)
  })
})

describe('fitOf', () => {
  const hardware = machine().hardware

  it('says yes, tight and no by the memory there is', () => {
    expect(fitOf(modelFile('a', { sizeBytes: 5 * GB }), hardware).word).toBe('yes')
    expect(fitOf(modelFile('a', { sizeBytes: 27 * GB }), hardware).word).toBe('tight')
    expect(fitOf(modelFile('a', { sizeBytes: 42 * GB }), hardware)).toMatchObject({ word: 'no', where: 'ram' })
  })

  it('lets what does not fit the graphics card spill into the memory', () => {
    const card = { ...hardware, gpus: [{ name: 'RTX 4060', vramBytes: 8 * GiB }] }
    const fit = fitOf(modelFile('a', { sizeBytes: 13.8 * GB }), card)
    expect(fit).toMatchObject({ word: 'tight', where: 'vram', missing: 0 })
    expect(fit.spill).toBeGreaterThan(0.3)
    expect(fit.weights + fit.spill).toBeCloseTo(1)
    expect(fit.limit).toBeCloseTo((8 * GiB) / (13.8 * GB))
    expect(fitOf(modelFile('a', { sizeBytes: 60 * GB }), card).missing).toBeGreaterThan(0)
  })
})

describe('quantizationBeside', () => {
  it('is left out where the name says it', () => {
    expect(quantizationBeside('Qwen3-8B-q4_k_m', 'Q4_K_M')).toBe('')
    expect(quantizationBeside('demo', 'F32')).toBe('F32')
    expect(quantizationBeside('demo', 'unknown')).toBe('')
    expect(quantizationBeside('demo', null)).toBe('')
  })
})
