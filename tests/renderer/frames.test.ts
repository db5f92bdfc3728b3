import { expect, it, vi } from 'vitest'

it('gives frames after fake timers, though one was asked for under them', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  requestAnimationFrame(() => undefined)
  vi.useRealTimers()
  await new Promise((resolve) => requestAnimationFrame(resolve))
  expect(vi.isFakeTimers()).toBe(false)
})
