import { expect, test } from 'vitest'
import { toSearchTerms } from '../../../src/main/engine/storage/worker/search-terms.ts'
import { makeSnippet } from '../../../src/main/engine/storage/worker/snippet.ts'

function marked(content: string, ...words: string[]): string[] {
  const { snippet, ranges } = makeSnippet(content, words)
  return ranges.map(([start, end]) => snippet.slice(start, end))
}

test('words of three characters and more go to the index, shorter ones become patterns', () => {
  expect(toSearchTerms('  red  ab café 火车 火车站 red ')).toEqual({
    words: ['red', 'ab', 'café', '火车', '火车站'],
    match: '"red" AND "café" AND "火车站"',
    patterns: ['%ab%', '%火车%'],
  })
  expect(toSearchTerms(' \t\n ')).toEqual({ words: [], match: null, patterns: [] })
})

test('nothing in a query is taken as syntax', () => {
  expect(toSearchTerms('"a OR b" NEAR(x* 100% a_b').match).toBe('"NEAR(x*" AND "100%" AND "a_b"')
  expect(toSearchTerms('say "hello"').match).toBe('"say" AND """hello"""')
  expect(toSearchTerms('%_ \\').patterns).toEqual(['%\\%\\_%', '%\\\\%'])
})

test('a snippet is a line around the first match, with every match in it', () => {
  const content = `${'lead '.repeat(60)}The Signal\nbox sends a SIGNAL. ${'tail '.repeat(60)}`
  const { snippet } = makeSnippet(content, ['signal'])
  expect(marked(content, 'signal')).toEqual(['Signal', 'SIGNAL'])
  expect(snippet).toMatch(/^….*The Signal box sends a SIGNAL\..*…$/)
  expect(snippet.length).toBeLessThan(210)
})

test('offsets stay true beside letters that change their length, emoji, and overlapping words', () => {
  expect(marked('İİİ İstanbul station', 'stan')).toEqual(['stan'])
  expect(marked(`${'🚂'.repeat(70)} switchyard`, 'switchyard')).toEqual(['switchyard'])
  expect(marked('trainstation', 'train', 'rains')).toEqual(['trains'])
  expect(makeSnippet(`${'🚂'.repeat(70)} switchyard`, ['switchyard']).snippet).not.toMatch(/[\udc00-\udfff]{2}/)
})
