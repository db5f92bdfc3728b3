import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const RENDERER = join(import.meta.dirname, '..', '..', 'src', 'renderer')

const sheets = readdirSync(RENDERER, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.css'))
  .map((path) => ({ path, text: readFileSync(join(RENDERER, path), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '') }))

/** Every selector of a sheet, at-rules left out. */
function selectorsOf(text: string): string[] {
  return [...text.matchAll(/([^{};]+)\{/g)]
    .map(([, head]) => (head ?? '').trim())
    .filter((head) => !head.startsWith('@'))
    .flatMap((head) => head.split(/,(?![^()]*\))/))
    .map((selector) => selector.trim())
}

// Both are asked again for each block that a live answer gets, thirty times a second.
describe('style sheets', () => {
  it('are found', () => {
    expect(sheets.length).toBeGreaterThan(10)
    expect(sheets.flatMap(({ text }) => selectorsOf(text)).length).toBeGreaterThan(500)
  })

  it.each(sheets)('$path asks no element in general whether it is the first or last', ({ text }) => {
    const last = (selector: string): string => selector.split(/[\s>+~]+(?![^()]*\))/).at(-1) ?? ''
    expect(selectorsOf(text).filter((selector) => /^\*?:(first|last|nth|only|empty)/.test(last(selector)))).toEqual([])
  })

  it.each(sheets.filter(({ path }) => /\bchat\b/.test(path)))(
    '$path has no `:has()`, which would search a whole answer',
    ({ text }) => {
      expect(selectorsOf(text).filter((selector) => selector.includes(':has('))).toEqual([])
    },
  )
})
