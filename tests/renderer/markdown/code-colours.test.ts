import { afterEach, describe, expect, it } from 'vitest'
import { CodeColours, receive, setHighlighter } from '../../../src/renderer/markdown/code-colours.ts'
import { readCodeInfo } from '../../../src/renderer/markdown/code-info.ts'
import { grammarFor, type HighlightRequest } from '../../../src/renderer/markdown/highlight-classes.ts'

afterEach(() => setHighlighter(null))

function record(): HighlightRequest[] {
  const sent: HighlightRequest[] = []
  setHighlighter((request) => {
    if (!('warm' in request)) sent.push(request)
  })
  return sent
}

describe('CodeColours', () => {
  it('asks only for new lines and goes on in one session', () => {
    const sent = record()
    const colours = new CodeColours('typescript')
    colours.extend(['a'], false)
    colours.extend(['a', 'b', 'c'], false)
    colours.extend(['a', 'b', 'c'], false)
    expect(sent.map((one) => one.lines)).toEqual([['a'], ['b', 'c']])
    expect(new Set(sent.map((one) => one.session)).size).toBe(1)
  })

  it('keeps the colours of a finished text for the next view of it', () => {
    const sent = record()
    const first = new CodeColours('json')
    first.extend(['{}'], true)
    receive({ session: sent[0]?.session ?? 0, coloured: [[2, 3]] })
    expect(first.snapshot()).toEqual([[2, 3]])
    const second = new CodeColours('json')
    second.extend(['{}'], true)
    expect(second.snapshot()).toEqual([[2, 3]])
    expect(sent).toHaveLength(1)
  })

  it('hears nothing after it was closed', () => {
    const sent = record()
    const colours = new CodeColours('json')
    colours.extend(['{}'], false)
    colours.close()
    receive({ session: sent[0]?.session ?? 0, coloured: [[2, 3]] })
    expect(colours.snapshot()).toEqual([])
  })
})

describe('readCodeInfo', () => {
  it.each([
    ['ts', { language: 'ts', title: 'ts' }],
    ['ts snapshot.ts', { language: 'ts', title: 'snapshot.ts' }],
    ['js title="src/a.js"', { language: 'js', title: 'src/a.js' }],
    ['c++', { language: 'c++', title: 'c++' }],
    ['', { language: '', title: '' }],
  ])('%s', (info, wanted) => {
    expect(readCodeInfo(info)).toEqual(wanted)
  })

  it('knows the names people use', () => {
    expect(grammarFor('TS')).toBe('typescript')
    expect(grammarFor('bash')).toBe('shellscript')
    expect(grammarFor('brainfuck')).toBeNull()
  })
})
