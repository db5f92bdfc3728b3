import { describe, expect, test } from 'vitest'
import { modelThatCrashed } from '../../../../src/main/engine/runtimes/llama/crash-verdict.ts'

describe('a crash of the worker thread', () => {
  test('is the fault of a load that ran there alone', () => {
    expect(modelThatCrashed([{ kind: 'load', model: 'bad' }])).toBe('bad')
  })

  test.each(['chat', 'complete', 'embed', 'reshape', 'unload', 'warm'] as const)(
    'is the fault of no file while a %s ran too',
    (kind) => {
      const load = { kind: 'load' as const, model: 'maybe' }
      const other = { kind, model: kind === 'warm' ? null : 'other' }
      expect(modelThatCrashed([load, other])).toBeNull()
      expect(modelThatCrashed([other, load])).toBeNull()
    },
  )

  test('is the fault of no file while none was loaded', () => {
    expect(modelThatCrashed([])).toBeNull()
    expect(modelThatCrashed([{ kind: 'chat', model: 'any' }])).toBeNull()
  })
})
