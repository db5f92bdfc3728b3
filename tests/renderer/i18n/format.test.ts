import { describe, expect, it } from 'vitest'
import { createFormatter, regional } from '../../../src/renderer/i18n/format.ts'

const en = createFormatter('en')
const zh = createFormatter('zh')
const NOW = Date.parse('2026-11-21T12:00:00Z')

describe('createFormatter', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [48_211, '48 kB'],
    [3_412_000, '3.4 MB'],
    [274_000_000, '274 MB'],
    [999_900_000, '1.0 GB'],
    [5_030_000_000, '5.0 GB'],
    [42_500_000_000, '42.5 GB'],
    [2_000_000_000_000, '2.0 TB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(en.bytes(bytes)).toBe(text)
  })

  it('writes memory in binary units and drops an empty decimal of large ones', () => {
    expect(en.memory(8 * 1024 ** 3)).toBe('8.0 GB')
    expect(en.memory(32 * 1024 ** 3)).toBe('32 GB')
    expect(en.memory(31.3 * 1024 ** 3)).toBe('31.3 GB')
    expect(en.memory(512 * 1024 ** 2)).toBe('512 MB')
  })

  it.each([
    [0, '0.00 s'],
    [213, '0.21 s'],
    [1412, '1.4 s'],
    [12_400, '12 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(en.duration(ms)).toBe(text)
  })

  it.each([
    [300, '5 min'],
    [3600, '1 hr'],
    [45, '45 sec'],
  ])('writes a set time of %d s as %s', (seconds, text) => {
    expect(en.seconds(seconds)).toBe(text)
  })

  it.each([
    [512, '512'],
    [8192, '8k'],
    [40_960, '40k'],
    [131_072, '128k'],
    [1500, '1.5k'],
    [1_048_576, '1.0M'],
    [128_000, '128k'],
  ])('shortens %d tokens to %s', (tokens, text) => {
    expect(en.compact(tokens)).toBe(text)
  })

  it('says how long ago in the language shown', () => {
    expect(en.ago(NOW - 2000, NOW)).toBe('2 s ago')
    expect(en.ago(NOW, NOW)).toBe('now')
    expect(en.ago(NOW - 8 * 60_000, NOW)).toBe('8 min ago')
    expect(en.ago(NOW - 2 * 3_600_000, NOW)).toBe('2 h ago')
    expect(en.ago(NOW - 26 * 3_600_000, NOW)).toBe('yesterday')
    expect(en.ago(NOW - 12 * 86_400_000, NOW)).toBe('Nov 9')
    expect(en.ago(NOW - 400 * 86_400_000, NOW)).toContain('2025')
    expect(zh.ago(NOW - 8 * 60_000, NOW)).toBe('8分钟前')
    expect(zh.ago(NOW - 26 * 3_600_000, NOW)).toBe('昨天')
  })

  it('never dates the future', () => {
    expect(en.ago(NOW + 5000, NOW)).toBe('now')
  })
})

describe('regional', () => {
  it('takes the person’s own variant of the language shown', () => {
    expect(regional('en', ['de-DE', 'en-GB', 'en-US'])).toBe('en-GB')
    expect(regional('zh', ['en-GB'])).toBe('zh')
  })
})
