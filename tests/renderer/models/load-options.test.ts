import { describe, expect, it } from 'vitest'
import {
  changedKeys,
  nearestStop,
  powerStops,
  runsAsAsked,
  sameOptions,
  wholeOptions,
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
    expect(runsAsAsked(loaded, { keepAliveSeconds: 600 })).toBe(true)
  })

  it('have slider stops at powers of two, the largest value last', () => {
    expect(powerStops(512, 5000)).toEqual([512, 1024, 2048, 4096, 5000])
    expect(powerStops(64, 64)).toEqual([64])
    expect(nearestStop([512, 1024, 2048], 1400)).toBe(1)
    expect(nearestStop([512, 1024, 2048], 9999)).toBe(2)
  })
})

describe('options as they would hold once saved', () => {
  it('have in the place of what was taken out what takes its place', () => {
    const saved = { contextSize: 512, threads: 2, mlock: true }
    expect(wholeOptions({ batchSize: 1024 }, saved, { threads: 6 }, 131_072)).toEqual({
      batchSize: 1024,
      contextSize: 8192,
      threads: 6,
      mlock: false,
    })
    expect(wholeOptions({}, { contextSize: 512, threads: 2 }, {}, 4096)).toEqual({ contextSize: 4096 })
    expect(wholeOptions({ contextSize: 64 }, { contextSize: 512 }, {}, 4096)).toEqual({ contextSize: 64 })
  })
})
