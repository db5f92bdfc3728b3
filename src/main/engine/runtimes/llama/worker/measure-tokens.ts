import { setImmediate as nextTurn } from 'node:timers/promises'

/** Tokenising this much takes a few milliseconds; other streams go on between two slices. */
const SLICE_LENGTH = 16_384

/** How many tokens a text has; tokenising is synchronous. */
export type TokenCounter = (text: string) => number

/**
 * About how many tokens the texts have together, counted in slices with pauses. Stops once there are more than `limit`,
 * so that megabytes cost no more than what fits. A cut may part a word, which adds a token or two per slice. Throws
 * the signal's reason.
 */
export async function measureTokens(
  texts: readonly string[],
  limit: number,
  count: TokenCounter,
  signal: AbortSignal,
): Promise<number> {
  let tokens = 0
  for (const text of texts) {
    for (let start = 0; start < text.length && tokens <= limit; start += SLICE_LENGTH) {
      if (start > 0) await nextTurn()
      signal.throwIfAborted()
      tokens += count(text.slice(start, start + SLICE_LENGTH))
    }
  }
  return tokens
}

/** A measured number above this is above `limit` for certain, whatever the cuts added. */
export function surelyAbove(limit: number): number {
  return limit + Math.ceil(limit / 16) + 64
}

/** As much of the text's beginning or end as can matter for `limit` tokens. Throws the signal's reason. */
export async function boundedText(
  text: string,
  limit: number,
  side: 'start' | 'end',
  count: TokenCounter,
  signal: AbortSignal,
): Promise<string> {
  let tokens = 0
  let length = 0
  while (length < text.length && tokens <= surelyAbove(limit)) {
    if (length > 0) await nextTurn()
    signal.throwIfAborted()
    const next = Math.min(text.length, length + SLICE_LENGTH)
    tokens += count(side === 'start' ? text.slice(length, next) : text.slice(text.length - next, text.length - length))
    length = next
  }
  return side === 'start' ? text.slice(0, length) : text.slice(text.length - length)
}

/** Texts shorter than this are tokenised at once and need no measuring. */
export const MEASURED_FROM = SLICE_LENGTH
