import { createHash } from 'node:crypto'
import type { GgufFile } from '#shared/models.ts'
import type { LlamaRuntime } from '../../spec/llama-runtime.ts'
import type { ProviderAdapter, ProviderCall, UpstreamModel } from '../../spec/provider-adapter.ts'

/** The in-process llama runtime as a provider: its models are the GGUF files on this machine, named by their id. */
export function createLlamaAdapter(runtime: LlamaRuntime): ProviderAdapter {
  return {
    kind: 'llama',
    listModels: async () => runtime.files().map(toUpstreamModel),
    chat: (call) => runtime.chat(call.upstreamModel, call.request, call.signal, told(call)),
    complete: (call) => runtime.complete(call.upstreamModel, call.request, call.signal, told(call)),
    embed: (call) => runtime.embed(call.upstreamModel, call.request, call.signal, told(call)),
  }
}

/** What the runtime cannot keep to reaches the caller like what a server upstream cannot be sent. */
function told(call: ProviderCall<unknown>): (fields: string[]) => void {
  return (fields) => {
    if (fields.length > 0) call.onNotSent?.(fields)
  }
}

function toUpstreamModel(file: GgufFile): UpstreamModel {
  const { facts } = file
  return {
    upstreamModel: file.id,
    name: file.id,
    capabilities: file.capabilities,
    contextLength: facts?.contextLength ?? null,
    sizeBytes: file.sizeBytes,
    quantization: facts?.quantization ?? null,
    parameterSize: facts === null ? null : parameterSize(facts),
    family: facts?.architecture ?? null,
    digest: digest(file),
    modifiedAt: file.modifiedAt,
    loaded: file.loaded?.state === 'loaded',
    state: file.state === 'ready' ? 'ready' : file.state === 'checking' ? 'checking' : 'unavailable',
    reason: file.reason,
    isDemo: file.source === 'built-in',
  }
}

/** Parameters as Ollama writes them: `8.0B`, `751.63M`, `120.00K`; the header's own label if it cannot be counted. */
export function parameterSize(facts: { parameterCount: number | null; sizeLabel: string | null }): string | null {
  const count = facts.parameterCount
  if (count === null) return facts.sizeLabel
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}B`
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)}M`
  if (count >= 1e3) return `${(count / 1e3).toFixed(2)}K`
  return String(count)
}

/** Stands in for the content's hash, which would take minutes to read: the same as long as the file is untouched. */
function digest({ path, sizeBytes, modifiedAt }: GgufFile): string {
  return createHash('sha256').update(`${path}\0${sizeBytes}\0${modifiedAt}`).digest('hex')
}
