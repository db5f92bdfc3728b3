import { createHash } from 'node:crypto'
import { type ScriptedOllamaModel, scriptedModel } from './ollama-answers.ts'

type Json = Record<string, unknown>
/** Sends one NDJSON line; resolves once it is out, false when the client has gone. */
export type SendLine = (line: Json) => Promise<boolean>

/** How the scripted registry and the line to it behave. */
export interface LibraryScript {
  /** What can be pulled: name to the sizes of its layers. */
  registry: Map<string, { layers: number[]; model?: Partial<ScriptedOllamaModel> }>
  /** Bytes per progress line. */
  stepBytes: number
  /** Between two progress lines, ms. */
  stepMs: number
  /** So many pulls (and pushes) lose their line, each after 30 % more of the bytes, before one gets through. */
  drops: number
  /** Progress stops there for good (0..1), until the client leaves. */
  stallAt: number | null
  /** Ends a push with this error. */
  pushError: string | null
}

/** Models, blobs and half-pulled layers of the scripted server. */
export interface Library {
  models: Map<string, ScriptedOllamaModel>
  /** By `sha256:…`. */
  blobs: Map<string, number>
  /** Bytes of each layer that are already here, as a pull left them. */
  partial: Map<string, number>
}

/** A model by its name, with or without `:latest`. */
export function findModel(library: Library, name: string): ScriptedOllamaModel | null {
  return library.models.get(name) ?? library.models.get(`${name}:latest`) ?? null
}

/** Ollama's progress of a pull. Resolves `cut` when the script wants the line to break. */
export async function pull(
  library: Library,
  script: LibraryScript,
  name: string,
  send: SendLine,
): Promise<'end' | 'cut' | 'hang'> {
  if (!(await send({ status: 'pulling manifest' }))) return 'end'
  const known = script.registry.get(name)
  if (known === undefined) {
    await send({ error: 'pull model manifest: file does not exist' })
    return 'end'
  }
  const drops = script.drops > 0
  const total = known.layers.reduce((sum, size) => sum + size, 0)
  const here = (layer: number): number => library.partial.get(digestOf(`${name} layer ${layer}`)) ?? 0
  const atStart = known.layers.reduce((sum, _size, layer) => sum + here(layer), 0)
  let moved = 0
  for (const [index, size] of known.layers.entries()) {
    const digest = digestOf(`${name} layer ${index}`)
    for (;;) {
      const completed = Math.min(size, library.partial.get(digest) ?? 0)
      const status = `pulling ${digest.slice(7, 19)}`
      if (!(await send({ status, digest, total: size, ...(completed === 0 ? {} : { completed }) }))) return 'end'
      if (completed === size) break
      if (script.stallAt !== null && (moved + completed) / total >= script.stallAt) return 'hang'
      if (drops && (moved + completed - atStart) / total >= 0.3) {
        script.drops--
        return 'cut'
      }
      await pause(script.stepMs)
      library.partial.set(digest, Math.min(size, completed + script.stepBytes))
    }
    moved += size
    library.blobs.set(digest, size)
  }
  for (const status of ['verifying sha256 digest', 'writing manifest', 'success']) {
    if (!(await send({ status }))) return 'end'
    if (status !== 'writing manifest') continue
    const full = name.includes(':') ? name : `${name}:latest`
    const model = scriptedModel(full, {
      sizeBytes: total,
      digest: digestOf(`${name} manifest`).slice(7),
      ...known.model,
    })
    library.models.set(full, model)
  }
  return 'end'
}

/** Ollama's progress of a push. */
export async function push(
  library: Library,
  script: LibraryScript,
  name: string,
  send: SendLine,
): Promise<'end' | 'cut' | 'hang'> {
  if (!(await send({ status: 'retrieving manifest' }))) return 'end'
  const model = findModel(library, name)
  if (model === null) {
    await send({ error: `couldn't find model '${name}'` })
    return 'end'
  }
  const digest = digestOf(`${name} layer 0`)
  const total = model.sizeBytes
  for (let completed = 0; ; completed = Math.min(total, completed + script.stepBytes)) {
    if (!(await send({ status: `pushing ${digest.slice(7, 19)}`, digest, total, completed }))) return 'end'
    if (completed >= total) break
    if (script.drops > 0 && completed / total >= 0.3) {
      script.drops--
      return 'cut'
    }
    await pause(script.stepMs)
  }
  if (script.pushError !== null) await send({ error: script.pushError })
  else for (const status of ['pushing manifest', 'success']) if (!(await send({ status }))) break
  return 'end'
}

/** Ollama's progress of a create from `from` or uploaded `files`; the error's status otherwise. */
export async function create(
  library: Library,
  body: Json,
  send: SendLine,
): Promise<{ status: number; error: string } | null> {
  const name = String(body.model ?? body.name ?? '')
  const files = (body.files ?? {}) as Record<string, string>
  if (body.from === undefined && Object.keys(files).length === 0) {
    return { status: 400, error: "neither 'from' or 'files' was specified" }
  }
  for (const digest of Object.values(files)) {
    if (!library.blobs.has(digest)) return { status: 400, error: `invalid digest in files: blob "${digest}" not found` }
  }
  const base = typeof body.from === 'string' ? findModel(library, body.from) : null
  if (typeof body.from === 'string' && base === null) {
    if (!(await send({ status: `pulling manifest` }))) return null
    await send({ error: 'pull model manifest: file does not exist' })
    return null
  }
  const [digest] = Object.values(files)
  const layer = digest ?? `sha256:${base?.digest ?? ''}`
  const full = name.includes(':') ? name : `${name}:latest`
  for (const status of ['parsing GGUF', `using existing layer ${layer}`, 'writing manifest', 'success']) {
    if (status === 'parsing GGUF' && digest === undefined) continue
    if (!(await send({ status }))) return null
    if (status !== 'writing manifest') continue
    const parameters = Object.entries((body.parameters ?? {}) as Json).map(
      ([key, value]) => `${key.padEnd(30)} ${value}`,
    )
    library.models.set(full, {
      ...(base ?? scriptedModel(full, { sizeBytes: library.blobs.get(layer) ?? 0 })),
      name: full,
      digest: digestOf(JSON.stringify(body)).slice(7),
      ...(typeof body.system === 'string' ? { system: body.system } : {}),
      ...(typeof body.template === 'string' ? { template: body.template } : {}),
      ...(parameters.length === 0 ? {} : { parameters: parameters.join('\n') }),
    })
  }
  return null
}

export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => (ms === 0 ? setImmediate(resolve) : setTimeout(resolve, ms)))
}
