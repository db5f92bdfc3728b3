import type { ThemeRegistrationRaw } from 'shiki/core'
import { CODE_CLASSES } from './highlight-classes.ts'

/** A colour that stands for a class; nothing is ever painted with it. */
function marker(index: number): string {
  return `#00000${index}`
}

/** Index in CODE_CLASSES for a colour of the theme below. */
export function classIndex(colour: string | undefined): number {
  const index = colour === undefined ? 0 : Number.parseInt(colour.slice(-1), 16)
  return index > 0 && index < CODE_CLASSES.length ? index : 0
}

/** Maps token scopes to our five tints. Later rules of equal depth win, so the order goes from wide to narrow. */
export const codeTheme: ThemeRegistrationRaw = {
  name: 'switchyard',
  type: 'light',
  fg: '#000000',
  bg: '#ffffff',
  settings: [
    { settings: { foreground: '#000000', background: '#ffffff' } },
    {
      scope: ['keyword', 'storage', 'constant.language', 'variable.language', 'entity.name.tag', 'markup.heading'],
      settings: { foreground: marker(1) },
    },
    { scope: ['comment', 'punctuation.definition.comment', 'markup.quote'], settings: { foreground: marker(2) } },
    {
      scope: ['string', 'constant.character', 'constant.other.symbol', 'markup.inline.raw', 'markup.inserted'],
      settings: { foreground: marker(3) },
    },
    {
      scope: [
        'entity.name.function',
        'support.function',
        'meta.function-call.generic',
        'entity.name.type',
        'entity.name.class',
        'support.class',
        'support.type.property-name',
        'entity.other.attribute-name',
        'meta.object-literal.key entity.name.function',
      ],
      settings: { foreground: marker(4) },
    },
    {
      scope: [
        'keyword.operator',
        'storage.type.function.arrow',
        'markup.deleted',
        'punctuation.definition.template-expression',
      ],
      settings: { foreground: marker(5) },
    },
    {
      scope: [
        'keyword.operator.new',
        'keyword.operator.expression',
        'keyword.operator.word',
        'keyword.operator.logical.python',
        'keyword.other',
      ],
      settings: { foreground: marker(1) },
    },
    { scope: ['meta.embedded', 'meta.template.expression'], settings: { foreground: '#000000' } },
  ],
}
