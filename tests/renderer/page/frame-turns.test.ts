import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { frameIsTaken, inOwnFrame } from '../../../src/renderer/page/frame-turns.ts'

describe('inOwnFrame', () => {
  let callbacks: (() => void)[] = []
  let time = 0

  const frame = (): void => {
    const now = callbacks
    callbacks = []
    time += 16
    for (const callback of now) callback()
  }

  beforeEach(() => {
    callbacks = []
    vi.stubGlobal('requestAnimationFrame', (callback: () => void) => callbacks.push(callback))
    Object.defineProperty(document, 'timeline', {
      configurable: true,
      value: {
        get currentTime() {
          return time
        },
      },
    })
  })

  afterEach(() => {
    vi.unstubAllGlobals()
    Reflect.deleteProperty(document, 'timeline')
  })

  it('runs a job once, in a frame that says it is taken, whichever callback asks first', () => {
    const asked: boolean[] = []
    const job = vi.fn()
    requestAnimationFrame(() => asked.push(frameIsTaken()))
    inOwnFrame(job)
    requestAnimationFrame(() => asked.push(frameIsTaken()))
    frame()
    expect(asked).toEqual([true, true])
    requestAnimationFrame(() => asked.push(frameIsTaken()))
    frame()
    expect(asked).toEqual([true, true, false])
    expect(job).toHaveBeenCalledTimes(1)
  })

  it('leaves the frame free when the job is taken back', () => {
    const job = vi.fn()
    inOwnFrame(job)()
    const asked: boolean[] = []
    requestAnimationFrame(() => asked.push(frameIsTaken()))
    frame()
    expect(asked).toEqual([false])
    expect(job).not.toHaveBeenCalled()
  })
})
