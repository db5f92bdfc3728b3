/**
 * Cuts a text at user-defined tokens the way llama.cpp does: all tokens, longest (in bytes) first, each at every place
 * that is still uncut. What no token covers stays one piece.
 */
export function readBack(text: string, longestFirst: readonly string[]): string[] {
  let fragments: { text: string; isToken: boolean }[] = [{ text, isToken: false }]
  for (const token of longestFirst) {
    if (!text.includes(token)) continue
    fragments = fragments.flatMap((fragment) => {
      if (fragment.isToken || !fragment.text.includes(token)) return [fragment]
      return fragment.text
        .split(token)
        .flatMap((rest, index) => [
          ...(index === 0 ? [] : [{ text: token, isToken: true }]),
          ...(rest === '' ? [] : [{ text: rest, isToken: false }]),
        ])
    })
  }
  return fragments.map((fragment) => fragment.text)
}

/** Tokens in the order in which llama.cpp looks for them. */
export function longestFirst(tokens: readonly string[]): string[] {
  return tokens
    .map((token) => ({ token, bytes: Buffer.byteLength(token) }))
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ token }) => token)
}

/**
 * The first piece of an answer that its own text does not give again, and the token found in its place; null if all
 * come back. Only then is an answer in the history the tokens that were generated, and its cache is used again.
 */
export function firstMisread(
  pieces: readonly string[],
  tokens: readonly string[],
): { piece: string; token: string } | null {
  const read = readBack(pieces.join(''), tokens)
  for (const [index, piece] of pieces.entries()) {
    const token = read[index] ?? ''
    if (token !== piece) return { piece, token }
  }
  return null
}
