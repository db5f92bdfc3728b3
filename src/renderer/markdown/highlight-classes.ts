/** The tints of code: plain, keyword (weight), comment (italic, muted), string, call, operator (muted). */
export const CODE_CLASSES = ['', 'k', 'c', 'q', 'f', 'd'] as const

/** One line's runs as pairs of length and index in CODE_CLASSES, flat: [7, 1, 10, 0, …]. */
export type ColouredLine = readonly number[]

export interface HighlightRequest {
  /** One running text: its grammar state is kept between requests. */
  session: number
  language: string
  lines: readonly string[]
  /** The session is over after these lines. */
  last: boolean
}

export interface HighlightReply {
  session: number
  coloured: readonly ColouredLine[]
}

/** Names people write after a fence, by the grammar that serves them. */
const GRAMMARS: Readonly<Record<string, readonly string[]>> = {
  typescript: ['ts', 'typescript', 'mts', 'cts'],
  tsx: ['tsx'],
  javascript: ['js', 'javascript', 'mjs', 'cjs', 'node'],
  jsx: ['jsx'],
  json: ['json', 'json5', 'jsonc', 'webmanifest'],
  python: ['py', 'python', 'python3'],
  shellscript: ['sh', 'bash', 'zsh', 'shell', 'shellscript', 'console'],
  powershell: ['powershell', 'ps1', 'pwsh'],
  html: ['html', 'htm', 'vue', 'svelte'],
  xml: ['xml', 'svg'],
  css: ['css', 'scss', 'less'],
  sql: ['sql', 'sqlite', 'postgres', 'postgresql', 'mysql'],
  yaml: ['yaml', 'yml'],
  toml: ['toml'],
  ini: ['ini', 'conf', 'properties', 'env', 'dotenv'],
  rust: ['rs', 'rust'],
  go: ['go', 'golang'],
  java: ['java'],
  kotlin: ['kt', 'kotlin'],
  swift: ['swift'],
  c: ['c', 'h'],
  cpp: ['cpp', 'c++', 'cc', 'hpp', 'cxx'],
  csharp: ['cs', 'csharp', 'c#'],
  php: ['php'],
  ruby: ['rb', 'ruby'],
  lua: ['lua'],
  docker: ['dockerfile', 'docker', 'containerfile'],
  diff: ['diff', 'patch'],
  markdown: ['md', 'markdown'],
}

const BY_NAME = new Map(Object.entries(GRAMMARS).flatMap(([grammar, names]) => names.map((name) => [name, grammar])))

/** The grammar for a fence's language, or null if we have none. */
export function grammarFor(language: string): string | null {
  return BY_NAME.get(language.toLowerCase()) ?? null
}
