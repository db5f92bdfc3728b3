import { describe, expect, it } from 'vitest'
import type { Block } from '../../../src/renderer/markdown/block.ts'
import { MarkdownStream, parseMarkdown } from '../../../src/renderer/markdown/markdown-stream.ts'
import { FRAGMENTS, SAMPLE } from './sample.ts'

/** Numbers in [0, 1) that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff
    return state / 0x7fffffff
  }
}

function show(blocks: readonly Block[]): string[] {
  return blocks.map((block) =>
    block.kind === 'code'
      ? `code ${block.info} ${JSON.stringify(block.lines)} ${block.closed}`
      : `${block.token.type} ${JSON.stringify(block.raw.trimEnd())}`,
  )
}

/** Feeds text in random pieces, drawing after most of them. */
function stream(text: string, random: () => number): MarkdownStream {
  const stream = new MarkdownStream()
  for (let at = 0; at < text.length; ) {
    const length = 1 + Math.floor(random() * (random() < 0.5 ? 3 : 60))
    stream.append(text.slice(at, at + length))
    at += length
    if (random() < 0.8) stream.view()
  }
  return stream
}

describe('MarkdownStream', () => {
  it('ends with the blocks of the whole text, however the text was cut', () => {
    const random = numbers(7)
    const whole = parseMarkdown(SAMPLE)
    expect(whole.blocks.length).toBeGreaterThan(20)
    for (let round = 0; round < 150; round += 1) {
      const view = stream(SAMPLE, random).finish()
      expect(show(view.blocks)).toEqual(show(whole.blocks))
      expect(view.links).toEqual(whole.links)
    }
  })

  it('does so for random texts of markdown pieces', () => {
    const random = numbers(11)
    for (let round = 0; round < 1500; round += 1) {
      let text = ''
      for (let part = 3 + Math.floor(random() * 25); part > 0; part -= 1) {
        text += FRAGMENTS[Math.floor(random() * FRAGMENTS.length)] ?? ''
      }
      expect(show(stream(text, random).finish().blocks), JSON.stringify(text)).toEqual(show(parseMarkdown(text).blocks))
    }
  })

  it('keeps the identity of settled blocks', () => {
    const live = new MarkdownStream()
    live.append('# One\n\nfirst paragraph\n\nsecond\nline')
    const before = live.view()
    expect(before.settled).toBe(2)
    live.append(' goes on\n\n- and a list')
    const after = live.view()
    expect(after.blocks[0]).toBe(before.blocks[0])
    expect(after.blocks[1]).toBe(before.blocks[1])
    expect(live.finish().blocks[1]).toBe(before.blocks[1])
  })

  it('repairs half-written syntax in the tail only for the view', () => {
    const live = new MarkdownStream()
    live.append('this is **bo')
    expect(live.view().blocks[0]).toMatchObject({ raw: 'this is **bo**' })
    live.append('ld** now')
    expect(live.finish().blocks[0]).toMatchObject({ raw: 'this is **bold** now' })
  })

  it('reads an open fence by line, and hides a line that may be its end', () => {
    const live = new MarkdownStream()
    live.append('Look:\n\n```ts a.ts\nconst a = 1\nconst b')
    expect(live.view().blocks[1]).toEqual({
      kind: 'code',
      info: 'ts a.ts',
      lines: ['const a = 1'],
      partial: 'const b',
      closed: false,
    })
    live.append(' = 2\n``')
    expect(live.view().blocks[1]).toMatchObject({ lines: ['const a = 1', 'const b = 2'], partial: '', closed: false })
    live.append('`\nafter')
    const view = live.view()
    expect(view.settled).toBe(2)
    expect(view.blocks[1]).toMatchObject({ closed: true })
    expect(view.blocks[2]).toMatchObject({ raw: 'after' })
  })

  it('does not end a fence at shorter or other marks, and takes its indent off', () => {
    const { blocks } = parseMarkdown('  ````\n  a\n    b\n```\n~~~~\n````\nend')
    expect(show(blocks)).toEqual(['code  ["a","  b","```","~~~~"] true', 'paragraph "end"'])
  })

  it('takes CR LF split between two deltas as one line feed', () => {
    const live = new MarkdownStream()
    live.append('a\r')
    live.append('\nb\r\n\r\nc')
    expect(show(live.finish().blocks)).toEqual(['paragraph "a\\nb"', 'paragraph "c"'])
  })

  it('finds link definitions that come later, and no inherited ones', () => {
    const { links } = parseMarkdown('[docs] and [constructor]\n\n[docs]: https://example.com\n')
    expect(Object.keys(links)).toEqual(['docs'])
    expect('constructor' in links).toBe(false)
  })

  it('reads hostile nesting as plain text, fast', () => {
    const start = performance.now()
    for (const text of ['>'.repeat(50_000), '- '.repeat(5000), '['.repeat(50_000), `${'*a'.repeat(20_000)}`]) {
      expect(parseMarkdown(text).blocks.length).toBeGreaterThan(0)
    }
    expect(performance.now() - start).toBeLessThan(5000)
  })

  it('costs the same per frame at the end of a long answer as at its start', () => {
    const part =
      'Some prose with **bold** and `code`, long enough for two lines of text in the window.\n\n- one\n- two\n\n'
    const live = new MarkdownStream()
    const cost = (times: number): number => {
      const start = performance.now()
      for (let round = 0; round < times; round += 1) {
        live.append(part)
        live.view()
      }
      return (performance.now() - start) / times
    }
    cost(50)
    const early = cost(100)
    cost(700)
    const late = cost(100)
    expect(late).toBeLessThan(early * 6 + 1)
  })
})
