import type { LlamaContext, LlamaContextSequence, Token } from 'node-llama-cpp'
import { EngineError } from '../../../spec/engine-error.ts'
import { ContextGate } from './context-gate.ts'

interface Slot {
  sequence: LlamaContextSequence
  busy: boolean
  usedAt: number
}

/** The sequences of one context. Never two requests on one sequence. */
export class SequencePool {
  readonly #context: LlamaContext
  readonly gate = new ContextGate()
  readonly #slots: Slot[] = []

  constructor(context: LlamaContext) {
    this.#context = context
  }

  /**
   * A free sequence for this prompt: the one whose content shares the longest prefix with it (its cache is reused),
   * else an empty one, else the least recently used. A short shared beginning, such as the same system prompt, does
   * not count: taking that sequence would throw away another conversation's cache for little.
   */
  acquire(tokens: readonly Token[]): { sequence: LlamaContextSequence; release: () => void } {
    const free = this.#slots.filter((slot) => !slot.busy)
    const slot = bestMatch(free, tokens) ?? this.#grow() ?? free.sort((a, b) => a.usedAt - b.usedAt)[0]
    if (slot === undefined) {
      throw new EngineError('internal', 'No free sequence although the request was admitted.', { retryable: true })
    }
    slot.busy = true
    return {
      sequence: slot.sequence,
      release: () => {
        slot.busy = false
        slot.usedAt = performance.now()
      },
    }
  }

  #grow(): Slot | undefined {
    if (this.#context.sequencesLeft === 0) return undefined
    const slot: Slot = { sequence: this.gate.guard(this.#context.getSequence()), busy: false, usedAt: 0 }
    this.#slots.push(slot)
    return slot
  }
}

function bestMatch(slots: Slot[], tokens: readonly Token[]): Slot | undefined {
  let best: Slot | undefined
  let bestLength = 0
  for (const slot of slots) {
    const length = slot.sequence.compareContextTokens([...tokens]).firstDifferentIndex
    const shorter = Math.min(slot.sequence.nextTokenIndex, tokens.length)
    if (length > bestLength && length * 2 >= shorter) {
      best = slot
      bestLength = length
    }
  }
  return best
}
