import { describe, expect, test } from 'vitest'
import { CustomInput, customInput } from '../../../../src/main/engine/wire/openai-responses/custom-input.ts'

const TEXTS = ['', 'a', 'a "quoted"\\ line\n\ttab', '\u{1f600}\u{1f680} é', '\\u0041 \\n', '{"input":"x"}']

function inPieces(argumentsText: string, size: number): { pieces: string[]; text: string } {
  const input = new CustomInput()
  const pieces: string[] = []
  for (let at = 0; at < argumentsText.length; at += size) pieces.push(input.add(argumentsText.slice(at, at + size)))
  pieces.push(input.rest())
  return { pieces, text: input.text }
}

describe('the text for a custom tool', () => {
  test.each(TEXTS)('is read whole and in pieces alike: %j', (text) => {
    const plain = JSON.stringify({ input: text })
    const escaped = plain.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    for (const argumentsText of [plain, escaped, ` {\n "input" : ${JSON.stringify(text)} } `]) {
      expect(customInput(argumentsText)).toBe(text)
      for (const size of [1, 2, 3, 7]) {
        const read = inPieces(argumentsText, size)
        expect(read.text).toBe(text)
        expect(read.pieces.join('')).toBe(text)
      }
    }
  })

  test('holds no half of a character that is written as two escapes', () => {
    const { pieces } = inPieces('{"input":"a\\ud83d\\ude00b"}', 1)
    for (const piece of pieces) expect(piece.isWellFormed()).toBe(true)
  })

  test.each([
    ['bare line breaks', '{"input":"a\nb"}', 'a\nb'],
    ['escapes that JSON does not know', '{"input":"\\d+ \\uZZ"}', '\\d+ \\uZZ'],
    ['an end that was cut off', '{"input":"abc\\u00', 'abc'],
    ['another field first', '{"why":"x","input":"abc"}', 'abc'],
    ['other fields', '{"patch":"abc"}', '{"patch":"abc"}'],
    ['a JSON text', '"abc"', 'abc'],
    ['no JSON', '*** Begin Patch', '*** Begin Patch'],
    ['something long in another form', `${' '.repeat(200)}x`, `${' '.repeat(200)}x`],
  ])('is understood with %s', (_what, argumentsText, text) => {
    expect(customInput(argumentsText)).toBe(text)
    expect(inPieces(argumentsText, 2).text).toBe(text)
  })
})
