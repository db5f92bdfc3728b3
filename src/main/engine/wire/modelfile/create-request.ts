import type { Modelfile } from './modelfile.ts'

/** The blobs that a model is made of, each by file name and digest (`sha256:…`), or the model it is made from. */
export interface ResolvedSources {
  from: string | null
  files: Readonly<Record<string, string>>
  adapters: Readonly<Record<string, string>>
}

/** The body of Ollama's POST /api/create in its current form, streamed. */
export function createRequest(
  model: string,
  modelfile: Modelfile,
  sources: ResolvedSources,
  quantize: string | undefined,
): Record<string, unknown> {
  const { template, system, parameters, messages, licenses, requires, renderer, parser } = modelfile
  return {
    model,
    stream: true,
    ...(sources.from === null ? {} : { from: sources.from }),
    ...(isEmpty(sources.files) ? {} : { files: sources.files }),
    ...(isEmpty(sources.adapters) ? {} : { adapters: sources.adapters }),
    ...(template === null ? {} : { template }),
    ...(system === null ? {} : { system }),
    ...(isEmpty(parameters) ? {} : { parameters }),
    ...(messages.length === 0 ? {} : { messages }),
    ...(licenses.length === 0 ? {} : { license: licenses }),
    ...(requires === null ? {} : { requires }),
    ...(renderer === null ? {} : { renderer }),
    ...(parser === null ? {} : { parser }),
    ...(quantize === undefined ? {} : { quantize }),
  }
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0
}
