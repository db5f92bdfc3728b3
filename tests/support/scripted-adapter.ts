import type { ProviderAdapter, UpstreamModel } from '../../src/main/engine/spec/provider-adapter.ts'
import type { EmbeddingResult, StreamPart } from '../../src/main/engine/spec/stream-part.ts'

/** One step of a scripted answer: a part to yield, an error to throw, or something to wait for. */
export type Step = StreamPart | Error | Promise<unknown>

/** A model as an upstream would list it, with every field settable. */
export function upstreamModel(fields: Partial<UpstreamModel> & { upstreamModel: string }): UpstreamModel {
  return {
    name: fields.upstreamModel,
    capabilities: ['chat'],
    contextLength: 4096,
    sizeBytes: 1,
    quantization: 'Q8_0',
    parameterSize: null,
    family: null,
    digest: 'd'.repeat(64),
    modifiedAt: 0,
    loaded: false,
    state: 'ready',
    reason: null,
    isDemo: false,
    ...fields,
  }
}

/** An adapter that plays a script, to test what stands above adapters. */
export function scriptedAdapter(
  models: UpstreamModel[],
  steps: Step[] = [],
): ProviderAdapter & { models: UpstreamModel[] } {
  async function* play(): AsyncGenerator<StreamPart> {
    for (const step of steps) {
      if (step instanceof Promise) await step
      else if (step instanceof Error) throw step
      else yield step
    }
  }
  const adapter = {
    kind: 'llama' as const,
    models,
    listModels: async () => adapter.models,
    chat: play,
    complete: play,
    embed: async (): Promise<EmbeddingResult> => {
      const failure = steps.find((step) => step instanceof Error)
      if (failure !== undefined) throw failure
      return { embeddings: [new Float32Array([1])], promptTokens: 1, loadMs: 0, totalMs: 1 }
    },
  }
  return adapter
}
