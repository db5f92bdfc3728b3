import { createHighlighterCore } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import { describe, expect, it } from 'vitest'
import { CODE_CLASSES } from '../../../src/renderer/markdown/highlight-classes.ts'
import { classIndex, codeTheme } from '../../../src/renderer/markdown/highlight-theme.ts'

describe('codeTheme', () => {
  it('gives keywords weight, and comments, strings and calls their tints', async () => {
    const core = await createHighlighterCore({
      themes: [codeTheme],
      langs: [import('shiki/langs/typescript.mjs')],
      engine: createJavaScriptRegexEngine({ forgiving: true }),
    })
    const [line] = core.codeToTokensBase('await db.backup("a", x => x > 0) // note', {
      lang: 'typescript',
      theme: 'switchyard',
      tokenizeTimeLimit: 0,
    })
    const classes = (line ?? []).map((token) => [token.content.trim(), CODE_CLASSES[classIndex(token.color)]])
    const of = (word: string): string | undefined => classes.find(([text]) => text?.includes(word))?.[1]
    expect(of('await')).toBe('k')
    expect(of('backup')).toBe('f')
    expect(of('"a"')).toBe('q')
    expect(of('=>')).toBe('d')
    expect(of('note')).toBe('c')
    expect(of('db')).toBe('')
  })
})
