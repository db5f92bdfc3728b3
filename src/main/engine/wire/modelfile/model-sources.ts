import type { Modelfile, ModelSource } from './modelfile.ts'
import { modelfileError, type Problem } from './problems.ts'

/** Where the weights of one FROM or ADAPTER line come from. */
export type WeightSource =
  /** Uploaded before. */
  | { kind: 'digest'; name: string; digest: string }
  /** A path that the server itself wrote (`ollama show --modelfile`): it has that blob. */
  | { kind: 'server-blob'; name: string; digest: string }
  /** A file on this machine, by absolute path or one that begins with `~`. */
  | { kind: 'file'; path: string }

/** What a Modelfile is made from. */
export interface ModelSources {
  /** A model's name; null if it is made from weights. */
  from: string | null
  weights: WeightSource[]
  adapters: WeightSource[]
}

const BLOB = /(?:^|[\\/])sha256[-:]([0-9a-f]{64})$/
const PATH_START = /^(\.{1,2}$|\.{1,2}[\\/]|[\\/]|~[\\/]|[A-Za-z]:[\\/])/
const ABSOLUTE = /^([\\/]|~[\\/]|[A-Za-z]:[\\/])/
const WEIGHT_FILE = /^[^:]*\.(gguf|safetensors|bin)$/i
/** A name that begins with a host (`hf.co/…/x.gguf`) is a model's, whatever it ends with. */
const HOST = /^[\w-]+(\.[\w-]+)+(:\d+)?\//

/**
 * Says what each FROM and ADAPTER line means. `uploaded` maps names in these lines to digests of blobs that the server
 * has. Throws `invalid_request` with the line of what cannot be.
 */
export function modelSources(modelfile: Modelfile, uploaded: Readonly<Record<string, string>>): ModelSources {
  const problems: Problem[] = []
  const names: ModelSource[] = []
  const weights: WeightSource[] = []
  const adapters: WeightSource[] = []
  for (const source of modelfile.from) {
    const found = weightSource(source, uploaded, problems)
    if (found === 'name') names.push(source)
    else if (found !== null) weights.push(found)
  }
  for (const source of modelfile.adapters) {
    const found = weightSource(source, uploaded, problems)
    if (found === 'name')
      problems.push(at(source, `"${source.value}" is no file. ADAPTER needs the full path of a GGUF file.`))
    else if (found !== null) adapters.push(found)
  }
  const [first, second] = names
  if (second !== undefined) problems.push(at(second, 'a model can be made from one model only; there is a FROM above.'))
  else if (first !== undefined && weights.length > 0) {
    problems.push(at(first, 'FROM names a model here and a file in another line; only one of them can be.'))
  }
  if (problems.length > 0) throw modelfileError(problems)
  return { from: first?.value ?? null, weights, adapters }
}

function weightSource(
  source: ModelSource,
  uploaded: Readonly<Record<string, string>>,
  problems: Problem[],
): WeightSource | 'name' | null {
  const { value } = source
  const digest = Object.hasOwn(uploaded, value) ? uploaded[value] : undefined
  if (digest !== undefined) return { kind: 'digest', name: fileName(value), digest }
  const blob = BLOB.exec(value)?.[1]
  if (blob !== undefined) return { kind: 'server-blob', name: fileName(value), digest: `sha256:${blob}` }
  if (ABSOLUTE.test(value)) return { kind: 'file', path: value }
  if (!PATH_START.test(value) && (!WEIGHT_FILE.test(value) || HOST.test(value))) return 'name'
  problems.push(at(source, `"${value}" is a path without its beginning. Write the full path of the file.`))
  return null
}

/** The last part of a path of any system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) || path
}

function at({ line, column }: ModelSource, text: string): Problem {
  return { line, column, text }
}
