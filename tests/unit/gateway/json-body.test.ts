import { describe, expect, test } from 'vitest'
import { parseJsonBody } from '../../../src/main/gateway/json-body.ts'

describe('parseJsonBody', () => {
  test('parses with and without a byte order mark', () => {
    expect(parseJsonBody(Buffer.from('{"a":"ü"}'))).toEqual({ a: 'ü' })
    expect(parseJsonBody(Buffer.from('\ufeff{"a":1}'))).toEqual({ a: 1 })
  })

  test.each([
    ['{"a":1,}', 'line 1, column 8'],
    ['{"a":\n  secret}', 'line 2, column 3'],
    ['hello', 'line 1, column 1'],
    ['{"a":1} x', 'line 1, column 9'],
    ['{"a":"b\u0001"}', 'line 1, column 8'],
    ['{"a":"\\x"}', 'line 1, column 7'],
    ['{"a":"\\u12G4"}', 'line 1, column 7'],
    ['[1,2', 'ends too early'],
    ['{"a":"b', 'ends too early'],
    ['{"a":tru', 'ends too early'],
    ['{"a":01}', 'line 1, column 7'],
    ['', 'missing request body'],
  ])('%j: %s', (text, place) => {
    const parse = (): unknown => parseJsonBody(Buffer.from(text))
    expect(parse).toThrow(place)
    expect(parse).not.toThrow(/secret/)
  })

  test('refuses bytes that are not UTF-8', () => {
    expect(() => parseJsonBody(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not valid UTF-8')
    // Half of a character, in a text that also has the stand-in for one by itself.
    expect(() => parseJsonBody(Buffer.from([0x22, 0xef, 0xbf, 0xbd, 0xc3, 0x22]))).toThrow('not valid UTF-8')
  })

  test('takes a text with the character that stands for others', () => {
    expect(parseJsonBody(Buffer.from('{"a":"\ufffd"}'))).toEqual({ a: '\ufffd' })
  })

  test('bounds the depth, and counts no bracket inside a string', () => {
    expect(parseJsonBody(Buffer.from(`${'['.repeat(200)}${']'.repeat(200)}`))).toBeInstanceOf(Array)
    expect(() => parseJsonBody(Buffer.from(`${'['.repeat(201)}${']'.repeat(201)}`))).toThrow('200 levels')
    expect(() => parseJsonBody(Buffer.from('{"a":'.repeat(5_000_000)))).toThrow('200 levels')
    const brackets = '['.repeat(1000)
    expect(parseJsonBody(Buffer.from(JSON.stringify({ a: `${brackets}\\"${brackets}\\` })))).toEqual({
      a: `${brackets}\\"${brackets}\\`,
    })
  })
})
