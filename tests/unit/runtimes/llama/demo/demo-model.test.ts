import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cutIntoPieces } from '../../../../../src/main/engine/runtimes/llama/demo/cut-into-pieces.ts'
import { buildDemoModel } from '../../../../../src/main/engine/runtimes/llama/demo/demo-model.ts'
import { DEMO_TOPICS } from '../../../../../src/main/engine/runtimes/llama/demo/demo-topics.ts'
import { buildDemoVocabulary } from '../../../../../src/main/engine/runtimes/llama/demo/demo-vocabulary.ts'
import { quantizeQ8_0, toFloat16Bits } from '../../../../../src/main/engine/runtimes/llama/demo/quantize-q8-0.ts'
import { stateCode } from '../../../../../src/main/engine/runtimes/llama/demo/state-codes.ts'

const COMMITTED = fileURLToPath(new URL('../../../../../resources/models/demo.gguf', import.meta.url))

describe('the demo model file', () => {
  it('is what the generator writes (else run `npm run demo-models`), and stays under 1 MB', async () => {
    const committed = await readFile(COMMITTED)
    const generated = Buffer.from(buildDemoModel('demo'))
    expect(generated.equals(committed)).toBe(true)
    expect(committed.byteLength).toBeLessThan(1_000_000)
  })

  it('is the same bytes each time, and differs between variants', () => {
    const twice = [buildDemoModel('demo-long'), buildDemoModel('demo-long')].map((bytes) => Buffer.from(bytes))
    expect(twice[0]?.equals(twice[1] ?? Buffer.alloc(0))).toBe(true)
    expect(Buffer.from(buildDemoModel('demo-embed')).equals(twice[0] ?? Buffer.alloc(0))).toBe(false)
  })
})

describe('the vocabulary', () => {
  const { tokens } = buildDemoVocabulary()

  it('holds every text once', () => {
    expect(new Set(tokens.map((token) => token.text)).size).toBe(tokens.length)
  })

  it('gives every keyword its topic in three spellings', () => {
    const shown = new Map(tokens.map((token) => [token.text, token.shows]))
    for (const topic of DEMO_TOPICS) {
      for (const keyword of topic.keywords) {
        expect(shown.get(keyword), keyword).toContain(`topic:${topic.name}`)
        expect(shown.get(keyword.toUpperCase()), keyword).toContain(`topic:${topic.name}`)
      }
    }
  })

  it('opens at least one answer for every topic', () => {
    for (const topic of DEMO_TOPICS) {
      const liking = tokens.filter((token) => token.likes.get(`topic:${topic.name}`) === 15)
      expect(liking.length, topic.name).toBeGreaterThan(0)
    }
  })
})

describe('state codes', () => {
  it('correlate by at most 1/8, and not at all among the exact states', () => {
    const codes = [
      [0, 1],
      [0, 2],
      [0, 77],
      [1, 0],
      [1, 1],
      [5, 99],
      [13, 5],
    ].map(([a = 0, b = 0]) => ({ a, code: stateCode(a, b) }))
    for (const left of codes) {
      for (const right of codes) {
        const dot = left.code.reduce((sum, sign, index) => sum + sign * (right.code[index] ?? 0), 0)
        if (left === right) expect(dot).toBe(128)
        else expect(Math.abs(dot)).toBeLessThanOrEqual(left.a === 0 && right.a === 0 ? 0 : 16)
      }
    }
  })
})

describe('cutting texts', () => {
  it('makes pieces that are unique and join to the text again', () => {
    const text = 'one two one two three, 你好吗 one'
    const pieces = cutIntoPieces(text, { isTaken: (piece) => piece === 'one', hidesKeyword: () => false })
    expect(pieces.join('')).toBe(text)
    expect(new Set(pieces).size).toBe(pieces.length)
    expect(pieces).not.toContain('one')
  })

  it('says when a text cannot be cut', () => {
    expect(() => cutIntoPieces('one', { isTaken: () => true, hidesKeyword: () => false })).toThrow(/No unique piece/)
  })
})

describe('Q8_0', () => {
  it('stores 32 values as a float16 scale and bytes', () => {
    const values = Float32Array.from({ length: 32 }, (_, index) => (index === 0 ? -127 : index))
    const bytes = quantizeQ8_0(values)
    expect(bytes.byteLength).toBe(34)
    const view = new DataView(bytes.buffer)
    expect(view.getUint16(0, true)).toBe(0x3c00)
    expect([view.getInt8(2), view.getInt8(3), view.getInt8(33)]).toEqual([-127, 1, 31])
    expect(() => quantizeQ8_0(new Float32Array(31))).toThrow(RangeError)
  })

  it('rounds to half precision', () => {
    expect([0, 1, 0.5, 2, 65_504, 2 ** -24, 1 / 3].map(toFloat16Bits)).toEqual([
      0, 0x3c00, 0x3800, 0x4000, 0x7bff, 1, 0x3555,
    ])
  })
})
