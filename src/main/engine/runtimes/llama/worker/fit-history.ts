import type { ChatHistoryItem, Token } from 'node-llama-cpp'
import { EngineError } from '../../../spec/engine-error.ts'

/** A history that fits, and its tokens as the model will read them. */
export interface FittedHistory {
  history: ChatHistoryItem[]
  tokens: Token[]
  /** How many items were left out to make it fit. */
  dropped: number
}

/** The library needs one free cell beside the prompt, and the answer at least one. */
const RESERVED_TOKENS = 2

/** Tokens a prompt may have in a context of this size. */
export function promptLimit(contextSize: number): number {
  return contextSize - RESERVED_TOKENS
}

/**
 * Checks the prompt against the context. `truncate` leaves out the oldest turns, but never system messages nor the
 * last user message; what still does not fit, or `error`, throws `context_length_exceeded` naming both numbers.
 */
export function fitHistory(
  history: ChatHistoryItem[],
  contextSize: number,
  overflow: 'error' | 'truncate',
  tokenize: (history: ChatHistoryItem[]) => Token[],
): FittedHistory {
  const tokens = tokenize(history)
  const limit = promptLimit(contextSize)
  if (tokens.length <= limit) return { history, tokens, dropped: 0 }
  if (overflow === 'error') throw tooLong(tokens.length, contextSize)

  // Turns start at user messages; cutting only there never parts an answer from its question.
  const starts = history.flatMap((item, index) => (item.type === 'user' ? [index] : []))
  let low = 1
  let high = starts.length - 1
  let best: FittedHistory | null = null
  while (low <= high) {
    const middle = (low + high) >> 1
    const candidate = from(history, starts[middle] ?? 0)
    const candidateTokens = tokenize(candidate)
    if (candidateTokens.length <= limit) {
      best = { history: candidate, tokens: candidateTokens, dropped: history.length - candidate.length }
      high = middle - 1
    } else {
      low = middle + 1
    }
  }
  if (best === null) throw tooLong(tokens.length, contextSize)
  return best
}

function from(history: ChatHistoryItem[], start: number): ChatHistoryItem[] {
  return history.filter((item, index) => index >= start || item.type === 'system')
}

/** The prompt does not fit: says how long it is and how much fits. */
export function tooLong(promptTokens: number, contextSize: number, accuracy: 'exactly' | 'at least' = 'exactly') {
  return new EngineError(
    'context_length_exceeded',
    `The prompt has ${accuracy === 'exactly' ? '' : 'about '}${promptTokens} tokens${accuracy === 'exactly' ? '' : ' or more'}, but the model's context holds ${contextSize} tokens including the answer.`,
    { param: 'messages' },
  )
}
