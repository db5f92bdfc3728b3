import { act, render, screen } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { useNow } from '../../../src/renderer/page/use-now.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: 1_000_000 })
  return () => vi.useRealTimers()
})

function Shown({ everyMs = 10_000 }: { everyMs?: number }) {
  return <output>{useNow(everyMs)}</output>
}

const times = (): string[] => screen.getAllByRole('status').map((one) => one.textContent)

describe('the time of the window', () => {
  it('is one for all that ask alike, whenever they came, and ticks for them together', () => {
    const view = render([<Shown key="a" />])
    act(() => void vi.advanceTimersByTime(4_000))
    view.rerender([<Shown key="a" />, <Shown key="b" />])
    expect(times()).toEqual(['1004000', '1004000'])
    act(() => void vi.advanceTimersByTime(6_000))
    expect(times()).toEqual(['1010000', '1010000'])
  })

  it('is right again after nobody has looked for long', () => {
    render(<Shown />).unmount()
    expect(vi.getTimerCount()).toBe(0)
    vi.setSystemTime(9_000_000)
    render(<Shown />)
    expect(times()).toEqual(['9000000'])
  })

  it('is right for the first who looks again, however soon', () => {
    render(<Shown />).unmount()
    vi.setSystemTime(1_000_400)
    render(<Shown />)
    expect(times()).toEqual(['1000400'])
  })

  it('stands still while the window is hidden, and is right once it is seen', () => {
    render(<Shown />)
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    act(() => void vi.advanceTimersByTime(60_000))
    expect(times()).toEqual(['1000000'])
    hidden.mockRestore()
    act(() => void document.dispatchEvent(new Event('visibilitychange')))
    expect(times()).toEqual(['1060000'])
  })
})
