import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WirePart } from '../../../../src/main/engine/runtimes/llama/protocol.ts'
import { createPartBatcher } from '../../../../src/main/engine/runtimes/llama/worker/part-batcher.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('sends the first part at once and the rest joined, at most every 12 ms, in order', () => {
  const sent: WirePart[][] = []
  const batcher = createPartBatcher((parts) => sent.push(parts))
  batcher.push({ type: 'text-delta', text: 'a' })
  expect(sent).toEqual([[{ type: 'text-delta', text: 'a' }]])
  batcher.push({ type: 'text-delta', text: 'b' })
  batcher.push({ type: 'text-delta', text: 'c' })
  batcher.push({ type: 'reasoning-delta', text: 'd' })
  batcher.push({ type: 'tool-call-delta', index: 0, id: 'x', name: 'f', argumentsDelta: '' })
  batcher.push({ type: 'tool-call-delta', index: 0, argumentsDelta: '{}' })
  batcher.push({ type: 'tool-call-delta', index: 1, id: 'y', name: 'g', argumentsDelta: '' })
  vi.advanceTimersByTime(11)
  expect(sent).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(sent[1]).toEqual([
    { type: 'text-delta', text: 'bc' },
    { type: 'reasoning-delta', text: 'd' },
    { type: 'tool-call-delta', index: 0, id: 'x', name: 'f', argumentsDelta: '{}' },
    { type: 'tool-call-delta', index: 1, id: 'y', name: 'g', argumentsDelta: '' },
  ])
  batcher.push({ type: 'text-delta', text: 'e' })
  batcher.flush()
  expect(sent[2]).toEqual([{ type: 'text-delta', text: 'e' }])
  vi.advanceTimersByTime(100)
  expect(sent).toHaveLength(3)
})
