import type { Links, Token } from 'marked'
import { Fragment, memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { decodeEntities } from './entities.ts'
import { lexInline } from './lex-markdown.ts'
import { safeLink } from './safe-link.ts'

/** Deeper nesting than this is shown as its source: no honest text needs it. */
const MAX_DEPTH = 24

const lexed = new WeakMap<object, { text: string; links: Links; tokens: Token[] }>()

/** The inline content of a leaf. `owner` is its token: the result is kept for as long as the token lives. */
export const Inline = memo(
  function Inline({ text, links, owner }: { text: string; links: Links; owner: object }) {
    let known = lexed.get(owner)
    if (known === undefined || known.text !== text || known.links !== links) {
      known = { text, links, tokens: lexInline(text, links) }
      lexed.set(owner, known)
    }
    return <>{inlineNodes(known.tokens, 0)}</>
  },
  (before, after) => before.text === after.text && (before.links === after.links || !after.text.includes('[')),
)

function inlineNodes(tokens: readonly Token[], depth: number): ReactNode[] {
  return tokens.map((token, index) => (
    // Tokens have no identity of their own; their order is what they are.
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    <Fragment key={index}>{inlineNode(token, depth)}</Fragment>
  ))
}

function inlineNode(token: Token, depth: number): ReactNode {
  if (depth > MAX_DEPTH) return token.raw
  const inner = (): ReactNode =>
    'tokens' in token && token.tokens !== undefined ? inlineNodes(token.tokens, depth + 1) : text(token)
  switch (token.type) {
    case 'strong':
      return <strong>{inner()}</strong>
    case 'em':
      return <em>{inner()}</em>
    case 'del':
      return <del>{inner()}</del>
    case 'codespan':
      return <code>{rawText(token)}</code>
    case 'br':
      return <br />
    case 'escape':
      return rawText(token)
    case 'link': {
      const href = safeLink(token.href)
      if (href === null) return inner()
      return (
        <a href={href} title={href} target="_blank" rel="noopener noreferrer">
          {inner()}
        </a>
      )
    }
    case 'image':
      return <ImageNote href={token.href} label={rawText(token)} />
    case 'checkbox':
      return null
    default:
      return text(token)
  }
}

/** Images are never loaded: fetching one would tell its server that the answer was read. */
function ImageNote({ href, label }: { href: unknown; label: string }) {
  const { t } = useTranslation('chat')
  const target = safeLink(href)
  const words = t('markdown.image', { label: label === '' ? t('markdown.unnamed') : label })
  if (target === null || target.startsWith('mailto:')) return <span className="tag">{words}</span>
  return (
    <a className="tag" href={target} title={target} target="_blank" rel="noopener noreferrer">
      {words}
    </a>
  )
}

function rawText(token: Token): string {
  return 'text' in token && typeof token.text === 'string' ? token.text : token.raw
}

function text(token: Token): string {
  return decodeEntities(rawText(token))
}
