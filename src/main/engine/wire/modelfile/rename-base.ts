import { parseModelfile } from './parse-modelfile.ts'

/**
 * A Modelfile's text that names its base otherwise in the FROM line; all else stays as it was written. Throws
 * `invalid_request` for a text that is no Modelfile.
 */
export function renameBase(modelfile: string, base: string, name: string): string {
  const source = parseModelfile(modelfile).from.find(({ value }) => value === base)
  if (source === undefined || name === base) return modelfile
  // Places are counted without the mark at a text's beginning, and lines by each way to end one.
  const lines = modelfile.replace(/^\uFEFF/, '').split(/(\r\n|\n|\r)/)
  const at = (source.line - 1) * 2
  lines[at] = `${lines[at]?.slice(0, source.column - 1)}${name}`
  return lines.join('')
}
