import { describe, expect, it } from 'vitest'
import { isRestOfDoubleClick } from '../../../src/renderer/features/chat/double-click.ts'

describe('a click on Send or Stop', () => {
  it('is the rest of a double click when the browser counts two', () => {
    expect(isRestOfDoubleClick('send', { detail: 1, timeStamp: 10_000 })).toBe(false)
    expect(isRestOfDoubleClick('stop', { detail: 2, timeStamp: 10_900 })).toBe(true)
    expect(isRestOfDoubleClick('stop', { detail: 3, timeStamp: 11_400 })).toBe(false)
  })

  it('is the rest of one right after the other was pressed, where nobody counts', () => {
    expect(isRestOfDoubleClick('send', { detail: 1, timeStamp: 20_000 })).toBe(false)
    expect(isRestOfDoubleClick('stop', { detail: 1, timeStamp: 20_300 })).toBe(true)
    expect(isRestOfDoubleClick('stop', { detail: 1, timeStamp: 20_500 })).toBe(false)
    expect(isRestOfDoubleClick('send', { detail: 1, timeStamp: 20_700 })).toBe(true)
    expect(isRestOfDoubleClick('send', { detail: 1, timeStamp: 21_000 })).toBe(false)
  })

  it('is never the rest of one by the keyboard, nor after the same button', () => {
    expect(isRestOfDoubleClick('send', { detail: 1, timeStamp: 30_000 })).toBe(false)
    expect(isRestOfDoubleClick('stop', { detail: 0, timeStamp: 30_010 })).toBe(false)
    expect(isRestOfDoubleClick('send', { detail: 1, timeStamp: 30_020 })).toBe(false)
  })
})
