import { Lexer, type Links, type MarkedOptions, type Token, Tokenizer, type Tokens } from 'marked'

const BREAK_TAG = /^<br\s*\/?>/i

/** GFM without HTML: a tag is text like any other, except `<br>`, which models write inside tables. */
class PlainTokenizer extends Tokenizer {
  override html(): undefined {
    return undefined
  }

  // biome-ignore lint/suspicious/noExplicitAny: the base class types the token as Tag; a Br is what we want in its place
  override tag(src: string): any {
    const match = BREAK_TAG.exec(src)
    return match === null ? undefined : { type: 'br', raw: match[0] }
  }

  /** Only `~~two~~` strikes out: `20~25 and 30~35` are ranges. */
  override del(src: string, masked: string, previous?: string): Tokens.Del | undefined {
    return src.startsWith('~~') ? super.del(src, masked, previous) : undefined
  }
}

const options: MarkedOptions = { gfm: true, breaks: false, tokenizer: new PlainTokenizer() }

/** Forty containers in one line are an attack on the lexer's recursion, not a text. */
const TOO_DEEP = /^(?:[ \t]*(?:>|[*+-](?=[ \t])|\d{1,9}[.)](?=[ \t]))){40}/m

/** Splits text into block tokens; leaves keep their source in `text`, inline content is lexed on demand. */
export function lexBlocks(source: string): { tokens: Token[]; links: Links } {
  if (TOO_DEEP.test(source)) {
    return { tokens: [{ type: 'code', raw: source, text: source, codeBlockStyle: 'indented' }], links: {} }
  }
  const lexer = new Lexer(options)
  lexer.blockTokens(source, lexer.tokens)
  return { tokens: lexer.tokens, links: lexer.tokens.links }
}

/** Lexes the inline content of one leaf (paragraph, cell, heading). `links` are the document's link definitions. */
export function lexInline(source: string, links: Links): Token[] {
  const lexer = new Lexer(options)
  lexer.tokens.links = links
  return lexer.inlineTokens(source)
}
