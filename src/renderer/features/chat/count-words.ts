/** Words of a text: runs of letters and digits; each Han, Hiragana or Katakana character counts as one. */
export function countWords(text: string): number {
  const words = text.match(
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}](?:[\p{L}\p{N}'’-](?!\p{Script=Han}))*/gu,
  )
  return words?.length ?? 0
}
