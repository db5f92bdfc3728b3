import { type GgufFacts, type LoadOptions, loadOptionsSchema } from '#shared/models.ts'

/** What options are checked against. */
export interface CheckedModel {
  id: string
  sizeBytes: number
  facts: GgufFacts
  /** The header's own values; what is not there is taken from `facts`. */
  metadata: Readonly<Record<string, unknown>>
}

/** This machine, as far as it bounds a model. */
export interface MachineLimits {
  memoryBytes: number
  threads: number
  /** False computes on the CPU alone. */
  mayUseGpu: boolean
}

/** Keys and values are kept in 16 bits. */
const CACHE_VALUE_BYTES = 2

/**
 * What is wrong with load options for a model, one plain sentence each; empty: nothing. `present` are the options that
 * hold where these say nothing.
 */
export function checkLoadOptions(
  options: Readonly<Record<string, unknown>>,
  present: LoadOptions,
  model: CheckedModel,
  machine: MachineLimits,
): string[] {
  const parsed = loadOptionsSchema.safeParse(options)
  if (!parsed.success) return parsed.error.issues.flatMap((issue) => sentencesOf(issue, options))
  const { contextSize, gpuLayers, threads, batchSize } = parsed.data
  const { facts } = model
  const layers = layerCount(facts)
  const problems: string[] = []
  if (contextSize !== undefined && facts.contextLength > 0 && contextSize > facts.contextLength) {
    problems.push(
      `contextSize asks for ${count(contextSize)} tokens, but ${model.id} reads ${count(facts.contextLength)} at most.`,
    )
  }
  if (typeof gpuLayers === 'number' && gpuLayers > layers) {
    problems.push(`gpuLayers asks for ${count(gpuLayers)} layers, but ${model.id} has ${count(layers)}.`)
  }
  if (!machine.mayUseGpu && gpuLayers !== undefined && gpuLayers !== 'auto' && gpuLayers !== 0) {
    problems.push('gpuLayers asks for the GPU, but SWITCHYARD_GPU is off: models are computed on the CPU alone.')
  }
  if (threads !== undefined && threads > machine.threads) {
    problems.push(`threads asks for ${count(threads)}, but this machine runs ${count(machine.threads)} at once.`)
  }
  const wanted = { ...present, ...parsed.data }
  if (batchSize !== undefined && wanted.contextSize !== undefined && batchSize > wanted.contextSize) {
    problems.push(
      `batchSize (${count(batchSize)}) is larger than the context (${count(wanted.contextSize)} tokens): it cannot be filled.`,
    )
  }
  return [...problems, ...memoryProblems(wanted, model, machine)]
}

/** Layers that can be put on a GPU: the blocks, and the output. */
export function layerCount({ blockCount }: GgufFacts): number {
  return blockCount + 1
}

/** Only what cannot fit even with nothing else running: how much is free changes from one moment to the next. */
function memoryProblems(wanted: LoadOptions, model: CheckedModel, { memoryBytes, mayUseGpu }: MachineLimits): string[] {
  // Layers on a GPU lie in its own memory, and how many go there is decided when the model is loaded.
  if (mayUseGpu && wanted.gpuLayers !== 0) return []
  // Mapped weights are read from the file as they are needed.
  const weights = wanted.mlock === true || wanted.mmap === false ? model.sizeBytes : 0
  if (weights > memoryBytes) {
    return [
      `The weights of ${model.id} take ${gigabytes(weights)}, but this machine has ${gigabytes(memoryBytes)} of memory.`,
    ]
  }
  const { contextSize, sequences = 1 } = wanted
  // A context beyond what the model reads has been named already.
  if (contextSize === undefined || contextSize > model.facts.contextLength) return []
  const cache = cacheBytesPerToken(model) * contextSize * sequences
  if (cache + weights <= memoryBytes) return []
  const times = sequences > 1 ? ` for each of ${count(sequences)} sequences` : ''
  return [
    `A context of ${count(contextSize)} tokens${times} takes about ${gigabytes(cache)} beside the weights, but this machine has ${gigabytes(memoryBytes)} of memory.`,
  ]
}

/** Bytes that the KV cache keeps of one token. */
function cacheBytesPerToken({ facts, metadata }: CheckedModel): number {
  const value = (name: string, otherwise: number): number => {
    const found = metadata[`${facts.architecture}.attention.${name}`]
    return typeof found === 'number' && found > 0 ? found : otherwise
  }
  const heads = value('head_count_kv', facts.headCount)
  const headLength = facts.headCount > 0 ? facts.embeddingLength / facts.headCount : 0
  const length = value('key_length', headLength) + value('value_length', headLength)
  return facts.blockCount * heads * length * CACHE_VALUE_BYTES
}

type Issue = NonNullable<ReturnType<typeof loadOptionsSchema.safeParse>['error']>['issues'][number]

function sentencesOf(issue: Issue, options: Readonly<Record<string, unknown>>): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `"${key}" is no load option.`)
  const name = String(issue.path[0] ?? 'The configuration')
  const given = JSON.stringify(options[name]) ?? 'nothing'
  if (name === 'gpuLayers') {
    return [`gpuLayers must be "auto", "max" or a whole number from 0 to 10,000, but is ${given}.`]
  }
  if (issue.code === 'too_small') return [`${name} must be ${count(Number(issue.minimum))} or more, but is ${given}.`]
  if (issue.code === 'too_big') return [`${name} must be ${count(Number(issue.maximum))} or less, but is ${given}.`]
  if (issue.code === 'invalid_type') {
    const kind = issue.expected === 'boolean' ? 'true or false' : 'a whole number'
    return [`${name} must be ${kind}, but is ${given}.`]
  }
  return [`${name} is not valid: ${issue.message}.`]
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString('en-US', { maximumFractionDigits: 1 })} GB`
}
