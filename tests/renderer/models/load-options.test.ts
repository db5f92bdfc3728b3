import { describe, expect, it } from 'vitest'
import {
  changedKeys,
  nearestStop,
  powerStops,
  runsAsAsked,
  sameOptions,
  withOption,
} from '../../../src/renderer/features/models/load-options.ts'

describe('load options', () => {
  it('are set and taken out one by one', () => {
    expect(withOption({ threads: 2 }, 'contextSize', 4096)).toEqual({ threads: 2, contextSize: 4096 })
    expect(withOption({ threads: 2 }, 'threads', undefined)).toEqual({})
  })

  it('count as changed only where they differ from the default', () => {
    expect(changedKeys({ threads: 2, contextSize: 4096, mmap: false }, { threads: 2, mmap: true })).toEqual([
      'contextSize',
      'mmap',
    ])
    expect(sameOptions({ mlock: true }, { mlock: true })).toBe(true)
    expect(sameOptions({}, { mlock: false })).toBe(false)
  })

  it('know whether a loaded model runs as asked, although all options are resolved by then', () => {
    const loaded = { contextSize: 8192, gpuLayers: 12, threads: 4, mmap: true }
    expect(runsAsAsked(loaded, {})).toBe(true)
    expect(runsAsAsked(loaded, { contextSize: 8192, gpuLayers: 'auto' })).toBe(true)
    expect(runsAsAsked(loaded, { contextSize: 4096 })).toBe(false)
    expect(runsAsAsked(loaded, { mmap: false })).toBe(false)
  })

  it('have slider stops at powers of two, the largest value last', () => {
    expect(powerStops(512, 5000)).toEqual([512, 1024, 2048, 4096, 5000])
    expect(powerStops(64, 64)).toEqual([64])
    expect(nearestStop([512, 1024, 2048], 1400)).toBe(1)
    expect(nearestStop([512, 1024, 2048], 9999)).toBe(2)
  })
})
