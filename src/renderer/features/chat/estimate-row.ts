/** Usual heights in px of a turn of the person and of an answer, margins included. */
const ASKED = 68
const ANSWERED = 340

/**
 * A row's height before it was ever drawn. It must not change when the message comes: only a measured change is
 * made up for at the scroll position, so another estimate would move what the reader looks at.
 */
export function estimateRow(depth: number): number {
  return depth % 2 === 0 ? ASKED : ANSWERED
}
