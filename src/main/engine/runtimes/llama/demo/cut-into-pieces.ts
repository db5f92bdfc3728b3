/** What a piece may not be. */
export type PieceRules = {
  isTaken(piece: string): boolean
  /** True for plain words in which a user's keyword would disappear. */
  hidesKeyword(piece: string): boolean
}

/**
 * Cuts a text into pieces that are unique in themselves and against `isTaken`: single words where possible, as many
 * words as needed otherwise. Chinese text is cut by character. Joining the pieces gives the text again.
 */
export function cutIntoPieces(text: string, rules: PieceRules): string[] {
  const atoms =
    text.match(/\s*(?:\p{Script=Han}|[^\s\p{Script=Han}]+)\s*$|\s*(?:\p{Script=Han}|[^\s\p{Script=Han}]+)/gu) ?? []
  const pieces: string[] = []
  const own = new Set<string>()
  const isFree = (piece: string) => !own.has(piece) && !rules.isTaken(piece) && !rules.hidesKeyword(piece)
  let pending = ''
  for (const atom of atoms) {
    pending += atom
    if (!isFree(pending)) continue
    own.add(pending)
    pieces.push(pending)
    pending = ''
  }
  while (pending !== '') {
    const previous = pieces.pop()
    if (previous === undefined) throw new Error(`No unique piece can be cut from ${JSON.stringify(pending)}`)
    own.delete(previous)
    pending = previous + pending
    if (!isFree(pending)) continue
    pieces.push(pending)
    pending = ''
  }
  return pieces
}
