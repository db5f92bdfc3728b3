import type { CatalogModel } from '#shared/models.ts'

/** What a query is compared with, and how much a find in it counts. */
function fieldsOf(model: CatalogModel): [text: string, weight: number, loosely: boolean][] {
  return [
    [model.name, 1, true],
    [model.id, 1, true],
    ...model.tags.map((tag): [string, number, boolean] => [tag, 0.8, false]),
    [model.family ?? '', 0.6, false],
    [model.preset?.baseModelId ?? '', 0.5, false],
    ...model.holders.map((holder): [string, number, boolean] => [holder.connectionName, 0.6, false]),
  ]
}

/** How well a model fits a query: 0 is not at all, more is better. Every word of the query has to be found somewhere. */
export function matchModel(model: CatalogModel, query: string): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const fields = fieldsOf(model)
  let total = 0
  for (const word of words) {
    let best = 0
    for (const [text, weight, loosely] of fields) {
      best = Math.max(best, weight * matchWord(text.toLowerCase(), word, loosely))
    }
    if (best === 0) return 0
    total += best
  }
  return words.length === 0 ? 1 : total / words.length
}

/** 100 for the whole text, less for a beginning, a word's beginning, any place, and letters with gaps (`q38` in `qwen3-8b`). */
function matchWord(text: string, word: string, loosely: boolean): number {
  if (text === word) return 100
  const at = text.indexOf(word)
  if (at === 0) return 90
  if (at > 0) return startsWord(text, at) || wordStart(text, word) ? 75 : 55
  return loosely && word.length > 1 ? matchLetters(text, word) : 0
}

function wordStart(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) if (startsWord(text, at)) return true
  return false
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || !/[a-z0-9]/.test(text[at - 1] ?? '')
}

/** Letters in order, the first at a word's beginning and all within a stretch not much longer than the word. */
function matchLetters(text: string, word: string): number {
  let best = 0
  const first = word[0] ?? ''
  for (let start = text.indexOf(first); start >= 0; start = text.indexOf(first, start + 1)) {
    if (!startsWord(text, start)) continue
    let at = start
    for (const letter of word.slice(1)) {
      at = text.indexOf(letter, at + 1)
      if (at < 0) break
    }
    if (at < 0) continue
    const stretch = at - start + 1
    if (stretch <= word.length * 4) best = Math.max(best, (40 * word.length) / stretch)
  }
  return best
}
