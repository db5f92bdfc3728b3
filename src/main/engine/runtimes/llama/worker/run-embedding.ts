import type { EmbeddingRequest } from '../../../spec/chat-request.ts'
import { EngineError } from '../../../spec/engine-error.ts'
import type { LoadedModel } from './loaded-model.ts'
import { boundedText } from './measure-tokens.ts'

/** Room the library takes for a beginning and an end token. */
const RESERVED_TOKENS = 3

/**
 * Embeds every input, in order, as vectors of length 1. Too long inputs are cut (`truncate`, the default) or refused
 * with `context_length_exceeded`. `dimensions` keeps the first so many, scaled to length 1 again.
 */
export async function runEmbedding(
  loaded: LoadedModel,
  request: EmbeddingRequest,
  signal: AbortSignal,
): Promise<{ embeddings: Float32Array[]; promptTokens: number }> {
  const { dimensions } = request
  const size = loaded.model.embeddingVectorSize
  if (dimensions !== undefined && !(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= size)) {
    throw new EngineError('invalid_request', `This model's embeddings have ${size} dimensions.`, {
      param: 'dimensions',
    })
  }
  const context = await loaded.embeddingContext()
  const limit = loaded.embeddingLength - RESERVED_TOKENS
  const embeddings: Float32Array[] = []
  let promptTokens = 0
  for (const [index, input] of request.inputs.entries()) {
    signal.throwIfAborted()
    const considered = await boundedText(input, limit, 'start', (text) => loaded.model.tokenize(text).length, signal)
    let tokens = loaded.model.tokenize(considered)
    if (tokens.length > limit) {
      if (request.truncate === false) {
        throw new EngineError(
          'context_length_exceeded',
          `Input ${index + 1} has ${considered === input ? '' : 'more than '}${tokens.length} tokens, but this model embeds at most ${limit}.`,
          { param: 'input' },
        )
      }
      tokens = tokens.slice(0, limit)
    }
    promptTokens += tokens.length
    if (tokens.length === 0) {
      embeddings.push(new Float32Array(dimensions ?? size))
      continue
    }
    const { vector } = await context.getEmbeddingFor(tokens)
    embeddings.push(normalised(vector, dimensions))
  }
  return { embeddings, promptTokens }
}

function normalised(vector: readonly number[], dimensions: number | undefined): Float32Array {
  const kept = dimensions === undefined ? vector : vector.slice(0, dimensions)
  const length = Math.hypot(...kept.map((value) => (Number.isFinite(value) ? value : 0)))
  return Float32Array.from(kept, (value) => (length === 0 || !Number.isFinite(value) ? 0 : value / length))
}
