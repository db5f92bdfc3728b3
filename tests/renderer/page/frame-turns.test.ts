import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { afterFrame, frameIsTaken, inOwnFrame } from '../../../src/renderer/page/frame-turns.ts'

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

  it('gives each of several jobs a frame of its own, also one that comes meanwhile', () => {
    const ran: string[] = []
    const asked: boolean[] = []
    inOwnFrame(() => {
      ran.push('first')
      inOwnFrame(() => ran.push('third'))
    })
    inOwnFrame(() => ran.push('second'))
    for (const after of [['first'], ['first', 'second'], ['first', 'second', 'third']]) {
      requestAnimationFrame(() => asked.push(frameIsTaken()))
      frame()
      expect(ran).toEqual(after)
    }
    requestAnimationFrame(() => asked.push(frameIsTaken()))
    frame()
    expect(asked).toEqual([true, true, true, false])
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

describe('afterFrame', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('runs once in a task of its own, however often it was asked, and again when asked again', () => {
    const job = vi.fn()
    const later = afterFrame(job)
    later.ask()
    later.ask()
    expect(job).not.toHaveBeenCalled()
    vi.runAllTimers()
    expect(job).toHaveBeenCalledTimes(1)
    later.ask()
    vi.runAllTimers()
    expect(job).toHaveBeenCalledTimes(2)
  })

  it('is taken back', () => {
    const job = vi.fn()
    const later = afterFrame(job)
    later.ask()
    later.cancel()
    vi.runAllTimers()
    expect(job).not.toHaveBeenCalled()
    later.ask()
    vi.runAllTimers()
    expect(job).toHaveBeenCalledTimes(1)
  })
})
