import { type AskedConnection, makeWithEntry } from './asked-connection.ts'
import type { VariableReader } from './variable-reader.ts'

const OPENAI = 'https://api.openai.com/v1'

/**
 * The connections of OPENAI_API_BASE_URL(S) with the keys of OPENAI_API_KEY(S), paired by position. A single connection
 * takes all keys; OPENAI_API_KEY_1, _2 … are more keys of the first one that leads to OpenAI itself, or of the first.
 */
export function openAiConnections(read: VariableReader): AskedConnection[] {
  const configs = read.json('OPENAI_API_CONFIGS')
  const [urlVariable, urlText] = either(read, 'OPENAI_API_BASE_URLS', 'OPENAI_API_BASE_URL')
  const [keyVariable, keyText] = either(read, 'OPENAI_API_KEYS', 'OPENAI_API_KEY')
  const numbered = read.numbered('OPENAI_API_KEY_').map(({ text }) => text)
  const keys = split(keyText)
  const typed = split(urlText)
  if (urlText === null && keyText === null && numbered.length === 0) return []

  const places = (urlText === null ? [''] : typed).flatMap((url, index) => {
    // A list that ends with a semicolon names no further connection.
    if (url === '' && (keys[index] ?? '') === '' && typed.length > 1) return []
    return [{ url: url === '' ? OPENAI : url, index }]
  })
  const isSingle = places.length === 1
  if (!isSingle && keys.length > typed.length) {
    read.refuse(keyVariable, `holds ${keys.length} keys for ${typed.length} addresses; the last ones are left out`)
  }
  const first = places.find(({ url }) => isOpenAi(url)) ?? places[0]
  return places.map((place) => {
    const { url, index } = place
    const own = isSingle ? keys : [keys[index] ?? '']
    const [key = '', ...moreKeys] = unique([...own, ...(place === first ? numbered : [])])
    const given = {
      family: 'openai' as const,
      url,
      index,
      configsVariable: 'OPENAI_API_CONFIGS',
      configs,
      key,
      moreKeys,
    }
    return { variable: urlText === null ? keyVariable : urlVariable, make: () => makeWithEntry(read, given) }
  })
}

/** The list if it is set, else the single value. */
function either(read: VariableReader, list: string, single: string): [variable: string, text: string | null] {
  const value = read.text(single)
  const values = read.text(list)
  return values !== null ? [list, values] : [single, value]
}

function split(text: string | null): string[] {
  return text === null ? [] : text.split(';').map((item) => item.trim())
}

function unique(keys: readonly string[]): string[] {
  return [...new Set(keys.filter((key) => key !== ''))]
}

function isOpenAi(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname === 'api.openai.com'
}
