import { withoutUndefined } from '../without-undefined.ts'
import { malformedAnswer, reportedFailure } from './upstream-failure.ts'
import { listOf, objectOf } from './upstream-fields.ts'
import { toUsage } from './upstream-usage.ts'

/** OpenAI takes 2,048 inputs at once; so many vectors as JSON numbers would hold the loop for a second. */
const BASE64_BATCH = 1_024
const FLOAT_BATCH = 128

/** The inputs in groups of which one answer is read quickly. */
export function embeddingBatches(inputs: readonly string[], asBase64: boolean): string[][] {
  const size = asBase64 ? BASE64_BATCH : FLOAT_BATCH
  const batches: string[][] = []
  for (let at = 0; at < inputs.length; at += size) batches.push(inputs.slice(at, at + size))
  return batches
}

/** The body of POST /embeddings. */
export function toEmbeddingBody(
  inputs: readonly string[],
  dimensions: number | undefined,
  model: string,
  { embeddingsBase64 }: { embeddingsBase64: boolean },
): Record<string, unknown> {
  return withoutUndefined({
    model,
    input: inputs,
    dimensions,
    encoding_format: embeddingsBase64 ? 'base64' : 'float',
  })
}

/**
 * The vectors of an answer in the order of their inputs, of length 1, whatever number format they came in.
 * Throws `upstream_error` if there are not as many as inputs, or one is not numbers.
 */
export function readEmbeddings(
  answer: unknown,
  count: number,
  vendor: string,
): { embeddings: Float32Array[]; promptTokens: number } {
  const value = objectOf(answer)
  if (value?.error != null) throw reportedFailure(vendor, value.error, value)
  const data = listOf(Array.isArray(answer) ? answer : value?.data)
  const embeddings = new Array<Float32Array | undefined>(count)
  for (const [position, item] of data.entries()) {
    const entry = objectOf(item)
    const index = typeof entry?.index === 'number' ? entry.index : position
    if (index >= 0 && index < count) embeddings[index] = toVector(entry?.embedding, vendor)
  }
  const whole = embeddings.filter((vector) => vector !== undefined)
  if (data.length !== count || whole.length !== count) {
    throw malformedAnswer(vendor, `gave ${data.length} vectors for ${count} texts.`)
  }
  return { embeddings: whole, promptTokens: toUsage(value?.usage)?.promptTokens ?? 0 }
}

function toVector(raw: unknown, vendor: string): Float32Array {
  if (typeof raw === 'string') return normalised(fromBase64(raw, vendor))
  // llama-server without pooling gives one vector per token; the only one of a single list is meant otherwise.
  const numbers = Array.isArray(raw) && raw.length === 1 && Array.isArray(raw[0]) ? raw[0] : raw
  if (!Array.isArray(numbers) || numbers.length === 0 || !numbers.every((each) => typeof each === 'number')) {
    throw malformedAnswer(vendor, 'gave something that is no vector.', (JSON.stringify(raw) ?? '').slice(0, 200))
  }
  return normalised(Float32Array.from(numbers))
}

/** Little-endian 32-bit floats. */
function fromBase64(text: string, vendor: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.length % 4 !== 0) {
    throw malformedAnswer(vendor, 'gave something that is no vector.', text.slice(0, 200))
  }
  // Copied, as a buffer of the pool may not lie at a multiple of four.
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

function normalised(vector: Float32Array): Float32Array {
  let sum = 0
  for (const each of vector) sum += each * each
  const length = Math.sqrt(sum)
  if (length === 0 || Math.abs(length - 1) < 1e-6) return vector
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] ?? 0) / length
  return vector
}
