import { z } from 'zod'
import { type LoadOptions, loadOptionsSchema } from '#shared/models.ts'

const { shape } = loadOptionsSchema

/** Load options as requests and answers spell them. */
export const loadOptionsJsonSchema = z.strictObject({
  context_size: shape.contextSize,
  gpu_layers: shape.gpuLayers,
  threads: shape.threads,
  batch_size: shape.batchSize,
  sequences: shape.sequences,
  mmap: shape.mmap,
  mlock: shape.mlock,
  flash_attention: shape.flashAttention,
  keep_alive_seconds: shape.keepAliveSeconds,
})

type JsonName = keyof typeof loadOptionsJsonSchema.shape

const NAMES: Readonly<Record<JsonName, keyof LoadOptions>> = {
  context_size: 'contextSize',
  gpu_layers: 'gpuLayers',
  threads: 'threads',
  batch_size: 'batchSize',
  sequences: 'sequences',
  mmap: 'mmap',
  mlock: 'mlock',
  flash_attention: 'flashAttention',
  keep_alive_seconds: 'keepAliveSeconds',
}
const JSON_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(NAMES).map(([json, name]) => [name, json]))

export function loadOptionsFromJson(options: z.output<typeof loadOptionsJsonSchema>): LoadOptions {
  return loadOptionsSchema.parse(renamed(options).options)
}

export function loadOptionsToJson(options: LoadOptions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [jsonName(name), value]))
}

/** The name of a load option as answers spell it. */
export function jsonName(option: string): string {
  return JSON_NAMES.get(option) ?? option
}

/** Options under the engine's names, and the names that are no option's. */
export function renamed(options: Readonly<Record<string, unknown>>): {
  options: Record<string, unknown>
  unknown: string[]
} {
  const known = Object.entries(options).flatMap(([name, value]) => (isJsonName(name) ? [[NAMES[name], value]] : []))
  return { options: Object.fromEntries(known), unknown: Object.keys(options).filter((name) => !isJsonName(name)) }
}

/** A sentence about an option; the engine's begin with its name. */
export function sentenceToJson(sentence: string): string {
  return sentence.replace(/^\w+/, jsonName)
}

function isJsonName(name: string): name is JsonName {
  return Object.hasOwn(NAMES, name)
}
