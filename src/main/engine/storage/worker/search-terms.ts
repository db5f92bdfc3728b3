/** A query as the index can take it. */
export interface SearchTerms {
  /** Every word, as written. */
  words: string[]
  /** FTS5 expression for the words that trigrams can find; null if all are shorter than three characters. */
  match: string | null
  /** LIKE patterns (escape character `\`) for the shorter words. */
  patterns: string[]
}

/** Splits a query at white space; every word must occur (AND). Nothing in it is taken as FTS5 or LIKE syntax. */
export function toSearchTerms(query: string): SearchTerms {
  const words = [
    ...new Set(
      query
        .replaceAll('\0', ' ')
        .split(/\s+/u)
        .filter((word) => word !== ''),
    ),
  ]
  const long = words.filter((word) => [...word].length >= 3)
  const short = words.filter((word) => [...word].length < 3)
  return {
    words,
    match: long.length === 0 ? null : long.map((word) => `"${word.replaceAll('"', '""')}"`).join(' AND '),
    patterns: short.map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`),
  }
}
