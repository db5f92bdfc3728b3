/** Where a name leads: the parts that Ollama reads out of it. */
export interface ModelName {
  /** As it is asked for. */
  text: string
  /** As the server lists it: with its tag. */
  full: string
  /** Registry; `ollama.com` when the name has none. */
  host: string
  /** Empty for the models of Ollama's own library. */
  namespace: string
  model: string
  tag: string
}

/** Ollama takes these letters and no others. */
const PART = /^[a-z0-9_][a-z0-9_.-]{0,79}$/i
const HOST = /^[a-z0-9][a-z0-9.:-]*$/i

/** Addresses of pages that people copy instead of the name. */
const PAGES: readonly [RegExp, string][] = [
  [/^(www\.)?ollama\.com\/library\//i, ''],
  [/^(www\.)?ollama\.com\//i, ''],
  [/^registry\.ollama\.ai\/(library\/)?/i, ''],
  [/^huggingface\.co\//i, 'hf.co/'],
]

/**
 * Reads the names out of what was typed or pasted: several may stand beside one another, `ollama pull` before a name is
 * left out, and an address of ollama.com or huggingface.co becomes its name. `wrong` is the first that is none.
 */
export function readModelNames(typed: string): { names: ModelName[]; wrong: string | null } {
  const names: ModelName[] = []
  for (const word of typed.replace(/\bollama\s+(pull|run|push)\b/gi, ' ').split(/[\s,]+/)) {
    if (word === '') continue
    const name = readModelName(word)
    if (name === null) return { names, wrong: word }
    if (!names.some(({ text }) => text === name.text)) names.push(name)
  }
  return { names, wrong: null }
}

/** One name: `[host/][namespace/]model[:tag]`. Null if it is none. */
export function readModelName(typed: string): ModelName | null {
  let text = typed
    .trim()
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '')
  for (const [page, name] of PAGES) text = text.replace(page, name)
  const slash = text.lastIndexOf('/')
  const colon = text.indexOf(':', slash + 1)
  const path = (colon === -1 ? text : text.slice(0, colon)).split('/')
  const tag = colon === -1 ? 'latest' : text.slice(colon + 1)
  const model = path.pop() ?? ''
  const namespace = path.pop() ?? null
  const host = path.pop() ?? 'ollama.com'
  if (path.length > 0 || !PART.test(model) || !PART.test(tag)) return null
  if (namespace !== null && !PART.test(namespace)) return null
  return HOST.test(host)
    ? { text, full: colon === -1 ? `${text}:latest` : text, host, namespace: namespace ?? '', model, tag }
    : null
}

/** A model name out of a file's: `My Model-Q4_K_M.gguf` becomes `my-model-q4_k_m`. Empty if no letter of it fits. */
export function nameFromFile(fileName: string): string {
  return fileName
    .replace(/\.gguf$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9_.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80)
}
