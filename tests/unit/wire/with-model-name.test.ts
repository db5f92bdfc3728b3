import { describe, expect, it } from 'vitest'
import {
  modelPlace,
  nameText,
  renamed as renamedBody,
  replaced,
} from '../../../src/main/engine/wire/with-model-name.ts'

/** Without a word about what the name was, so that every byte is looked at. */
function renamed(text: string, model = 'b'): string | null {
  const raw = Buffer.from(text)
  const place = modelPlace(raw, null)
  return place === null ? null : replaced(raw, place, nameText(model)).toString()
}

describe('another model name in the bytes of a body', () => {
  it.each([
    ['first', '{"model":"a","stream":true}', '{"model":"b","stream":true}'],
    ['last, with space', '{ "stream" : true,\n\t"model" : "a" }', '{ "stream" : true,\n\t"model" : "b" }'],
    ['with quotes in it', String.raw`{"model":"a\"}{\\","x":1}`, '{"model":"b","x":1}'],
    ['empty', '{"model":""}', '{"model":"b"}'],
    [
      'beside deeper ones',
      '{"a":{"model":"x"},"b":[{"model":"y"}],"model":"a"}',
      '{"a":{"model":"x"},"b":[{"model":"y"}],"model":"b"}',
    ],
    [
      'beside a text that says so',
      '{"x":"model","y":"\\"model\\":\\"z\\"","model":"a"}',
      '{"x":"model","y":"\\"model\\":\\"z\\"","model":"b"}',
    ],
  ])('%s', (_name, before, after) => {
    expect(renamed(before)).toBe(after)
  })

  it('writes names as JSON does', () => {
    const name = 'ü "quoted" \\ \n'
    expect(JSON.parse(renamed('{"model":"a"}', name) ?? '')).toEqual({ model: name })
  })

  it.each([
    ['missing', '{"messages":[]}'],
    ['given twice', '{"model":"a","model":"c"}'],
    ['no text', '{"model":null}'],
    ['written with escapes', '{"mod\\u0065l":"a"}'],
    ['only deeper', '{"a":{"model":"x"}}'],
    ['in an array', '["model","a"]'],
  ])('leaves it to a full serialisation where it is %s', (_name, text) => {
    expect(renamed(text)).toBeNull()
  })

  it('keeps a large body but for the name', () => {
    const body = {
      model: 'a',
      messages: [{ role: 'user', content: 'line\n"quoted" \\ ü {[ '.repeat(8_000) }],
      stream: true,
    }
    expect(JSON.parse(renamed(JSON.stringify(body), 'other') ?? '')).toEqual({ ...body, model: 'other' })
  })

  it.each([
    ['first', '{"model":"a","stream":true}'],
    ['first, with space', ' { "model" : "a", "stream": true }'],
    ['first with escapes', String.raw`{"model":"a\"b","x":"model"}`],
    ['first, and once more with escapes', '{"model":"a","mod\\u0065l":"c"}'],
    ['first, and once more', '{"model":"a","model":"c"}'],
    ['first, and deeper', '{"model":"a","x":{"model":"y"}}'],
    ['first, in another script', '{"model":"ü雪","x":1}'],
    ['first, with an escape for a plain letter', '{"model":"\\u0061","x":1}'],
    ['last', '{"stream":true,"model":"a"}'],
    ['only deeper', '{"a":{"model":"x"}}'],
  ])('is what was asked for, and nothing else changes, where it stands %s', (_name, text) => {
    const body = JSON.parse(text) as Record<string, unknown>
    const written = JSON.parse(renamedBody(body, 'new', Buffer.from(text)).toString())
    expect(written).toEqual({ ...body, model: 'new' })
  })
})
