import { describe, expect, it } from 'vitest'
import { TextEvents } from '../../../src/main/engine/wire/text-events.ts'

interface Chunk {
  id: string
  delta: { content: string }
}

const contentOf = (event: unknown): unknown => (event as Chunk).delta.content

function chunk(content: string, id = 'chatcmpl-1'): string {
  return JSON.stringify({ id, delta: { content }, finish_reason: null })
}

/** Knows the shape of `chunk`. */
function taught(data = chunk('The first words')): TextEvents {
  const events = new TextEvents(contentOf)
  events.learn(data, contentOf(JSON.parse(data)) as string)
  return events
}

describe('events that differ in their text alone', () => {
  it.each([
    'plain words',
    '',
    'a "quoted" word, a back\\slash, a\nline and a \t tab',
    'Ünïcode, 日本語 and 👩‍🚀',
    '\u2028 \u0001 \ud800',
    '","finish_reason":"stop"',
    '"}}',
  ])('are read as the parser reads them: %j', (text) => {
    expect(taught().read(chunk(text))).toBe(text)
  })

  it('escapes are the parser’s to undo', () => {
    const data = chunk('X').replace('X', '\\u00fc\\/\\n')
    expect(taught().read(data)).toBe('ü/\n')
  })

  it.each([
    ['another id', chunk('words', 'chatcmpl-2')],
    ['an end', chunk('words').replace('null', '"stop"')],
    ['one field more', chunk('words').replace('"id"', '"usage":{},"id"')],
    ['another field after the text', chunk('words').replace('"words"', '"words","refusal":"no"')],
    ['two texts', chunk('words').replace('"words"', '"words","content":"others"')],
    ['half an escape', chunk('words').replace('words', 'words\\')],
    ['an escape that there is not', chunk('words').replace('words', '\\q')],
    ['half an event', chunk('words').slice(0, 40)],
    ['nothing', ''],
  ])('%s has to be parsed', (_what, data) => {
    expect(taught().read(data)).toBeNull()
  })

  it('nothing is known before the first', () => {
    expect(new TextEvents(contentOf).read(chunk('words'))).toBeNull()
  })

  it.each([
    ['the name of a field', '{"content":"x","delta":{"content":"content"}}'],
    ['another field', '{"id":"same","delta":{"content":"s\\u0061me"}}'],
    ['what stands between two texts', '{"id":"a", "delta":{"content":", "}}'],
  ])('a text that is also %s teaches nothing wrong', (_what, data) => {
    const events = taught(data)
    const other = '{"id":"other","delta":{"content":"the text"}}'
    expect([null, 'the text']).toContain(events.read(other))
    // As before, but for what is no text.
    for (const like of [data.replace('"same"', '"mine"'), data.replace('"x"', '"y"'), data.replace('"a"', '"b"')]) {
      expect([null, contentOf(JSON.parse(like))]).toContain(events.read(like))
    }
  })

  it('servers that change every event are given up', () => {
    const events = new TextEvents(contentOf)
    for (let id = 0; id < 4; id++) events.learn(chunk('words', `id-${id}`), 'words')
    events.learn(chunk('words', 'id-9'), 'words')
    expect(events.read(chunk('others', 'id-3'))).toBe('others')
    expect(events.read(chunk('others', 'id-9'))).toBeNull()
  })

  it('gives what the parser gives for any text', () => {
    const events = taught()
    let seed = 7
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % below
    }
    const alphabet = ['"', '\\', '\n', '{', '}', ',', ':', 'a', 'u', '0', 'é', '日', '😀', '\u2029', ' ']
    for (let round = 0; round < 2_000; round++) {
      const text = Array.from({ length: random(12) }, () => alphabet[random(alphabet.length)]).join('')
      expect(events.read(chunk(text))).toBe(text)
      // The same characters raw: whatever they make of the event, it is read as the parser does, or not at all.
      const raw = chunk('X').replace('X', () => text)
      let parsed: unknown = null
      try {
        parsed = contentOf(JSON.parse(raw))
      } catch {
        parsed = text
      }
      expect([null, parsed]).toContain(events.read(raw))
    }
  })
})
