import { createHighlighterCore, type GrammarState, type HighlighterCore, type LanguageInput } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import type { ColouredLine, HighlightReply, HighlightRequest } from './highlight-classes.ts'
import { classIndex, codeTheme } from './highlight-theme.ts'

/** Each grammar is its own chunk, fetched at its first use. */
const LANGUAGES: Readonly<Record<string, () => LanguageInput>> = {
  typescript: () => import('shiki/langs/typescript.mjs'),
  tsx: () => import('shiki/langs/tsx.mjs'),
  javascript: () => import('shiki/langs/javascript.mjs'),
  jsx: () => import('shiki/langs/jsx.mjs'),
  json: () => import('shiki/langs/json.mjs'),
  python: () => import('shiki/langs/python.mjs'),
  shellscript: () => import('shiki/langs/shellscript.mjs'),
  powershell: () => import('shiki/langs/powershell.mjs'),
  html: () => import('shiki/langs/html.mjs'),
  xml: () => import('shiki/langs/xml.mjs'),
  css: () => import('shiki/langs/css.mjs'),
  sql: () => import('shiki/langs/sql.mjs'),
  yaml: () => import('shiki/langs/yaml.mjs'),
  toml: () => import('shiki/langs/toml.mjs'),
  ini: () => import('shiki/langs/ini.mjs'),
  rust: () => import('shiki/langs/rust.mjs'),
  go: () => import('shiki/langs/go.mjs'),
  java: () => import('shiki/langs/java.mjs'),
  kotlin: () => import('shiki/langs/kotlin.mjs'),
  swift: () => import('shiki/langs/swift.mjs'),
  c: () => import('shiki/langs/c.mjs'),
  cpp: () => import('shiki/langs/cpp.mjs'),
  csharp: () => import('shiki/langs/csharp.mjs'),
  php: () => import('shiki/langs/php.mjs'),
  ruby: () => import('shiki/langs/ruby.mjs'),
  lua: () => import('shiki/langs/lua.mjs'),
  docker: () => import('shiki/langs/docker.mjs'),
  diff: () => import('shiki/langs/diff.mjs'),
  markdown: () => import('shiki/langs/markdown.mjs'),
}

/** Lines longer than this stay plain: minified code is not read. */
const MAX_LINE = 2000

const states = new Map<number, GrammarState>()
let highlighter: Promise<HighlighterCore> | null = null
let queue: Promise<void> = Promise.resolve()

function ready(): Promise<HighlighterCore> {
  highlighter ??= createHighlighterCore({
    themes: [codeTheme],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  })
  return highlighter
}

/** Colours lines that continue a session; the grammar goes on where the last lines left it. */
async function colour({ session, language, lines, last }: HighlightRequest): Promise<ColouredLine[]> {
  const core = await ready()
  const load = LANGUAGES[language]
  if (load === undefined) return lines.map(() => [])
  if (!core.getLoadedLanguages().includes(language)) await core.loadLanguage(load())
  const state = states.get(session)
  const text = lines.map((line) => (line.length > MAX_LINE ? '' : line)).join('\n')
  const tokens = core.codeToTokensBase(text, {
    lang: language,
    theme: 'switchyard',
    // The default of 500 ms cuts lines off on a busy machine.
    tokenizeTimeLimit: 3000,
    ...(state === undefined ? {} : { grammarState: state }),
  })
  const after = core.getLastGrammarState(tokens)
  if (last || after === undefined) states.delete(session)
  else states.set(session, after)
  return tokens.map((line) => {
    const runs: number[] = []
    for (const token of line) {
      const index = classIndex(token.color)
      // A run goes on through its neighbours of the same tint.
      if (runs.length > 0 && runs.at(-1) === index) runs[runs.length - 2] = (runs.at(-2) ?? 0) + token.content.length
      else runs.push(token.content.length, index)
    }
    return runs
  })
}

addEventListener('message', (event: MessageEvent<HighlightRequest | { warm: true }>) => {
  const request = event.data
  queue = queue.then(async () => {
    if ('warm' in request) {
      await colour({ session: -1, language: 'typescript', lines: ['const a = 1'], last: true })
      return
    }
    let coloured: readonly ColouredLine[]
    try {
      coloured = await colour(request)
    } catch (error) {
      // Colour is a convenience: the text stays readable without it.
      console.warn('Code could not be coloured', request.language, error)
      coloured = request.lines.map(() => [])
    }
    const reply: HighlightReply = { session: request.session, coloured }
    postMessage(reply)
  })
})
