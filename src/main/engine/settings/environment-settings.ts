import { delimiter } from 'node:path'
import type { z } from 'zod'
import { type LoadOptions, loadOptionsSchema } from '#shared/models.ts'
import { type Settings, settingsSchema } from '#shared/settings.ts'

/** What environment variables decide. */
export interface EnvironmentSettings {
  values: Partial<Omit<Settings, 'load'>> & { load: LoadOptions }
  /** Setting (`theme`, `load.contextSize`) to the variable that decides it. */
  variables: Record<string, string>
  /** Variables that are set but say nothing usable. The value itself is left out: it may be a prompt. */
  refused: { variable: string; reason: string }[]
}

type Environment = Readonly<Record<string, string | undefined>>

/** Reads a variable's text into what the schema can check. */
type Reader = (text: string) => unknown

const asText: Reader = (text) => text
const asTextOrNull: Reader = (text) => (isNull(text) ? null : text)
const asNumber: Reader = (text) => (text.trim() === '' ? Number.NaN : Number(text))
const asNumberOrNull: Reader = (text) => (isNull(text) ? null : asNumber(text))
const asSwitch: Reader = (text) => {
  if (/^(1|true|yes|on)$/i.test(text)) return true
  if (/^(0|false|no|off)$/i.test(text)) return false
  return text
}
const asList =
  (separator: string): Reader =>
  (text) =>
    text
      .split(separator)
      .map((item) => item.trim())
      .filter((item) => item !== '')

const READERS: Record<Exclude<keyof Settings, 'load'>, Reader> = {
  theme: asText,
  language: asText,
  defaultModelId: asTextOrNull,
  systemPrompt: asText,
  temperature: asNumberOrNull,
  maxTokens: asNumberOrNull,
  queueLimit: asNumber,
  modelFolders: asList(delimiter),
  modelFiles: asList(delimiter),
  allowedOrigins: asList(','),
  logLevel: asText,
  welcomed: asSwitch,
}

const LOAD_READERS: Record<keyof LoadOptions, Reader> = {
  contextSize: asNumber,
  gpuLayers: (text) => (text === 'auto' || text === 'max' ? text : asNumber(text)),
  threads: asNumber,
  batchSize: asNumber,
  sequences: asNumber,
  mmap: asSwitch,
  mlock: asSwitch,
  flashAttention: asSwitch,
  keepAliveSeconds: asNumber,
}

/** The variable of a setting: `queueLimit` is SWITCHYARD_QUEUE_LIMIT, `load.contextSize` SWITCHYARD_LOAD_CONTEXT_SIZE. */
export function variableOf(setting: string): string {
  return `SWITCHYARD_${setting
    .replaceAll('.', '_')
    .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
    .toUpperCase()}`
}

/** What the environment says. An empty variable counts as not set. */
export function readEnvironmentSettings(environment: Environment): EnvironmentSettings {
  const found: EnvironmentSettings = { values: { load: {} }, variables: {}, refused: [] }

  function read(setting: string, reader: Reader, schema: z.ZodType, accept: (value: unknown) => void): void {
    const variable = variableOf(setting)
    const text = environment[variable]
    if (text === undefined || text === '') return
    const parsed = schema.safeParse(reader(text))
    if (!parsed.success) {
      found.refused.push({ variable, reason: parsed.error.issues.map((issue) => issue.message).join('; ') })
      return
    }
    found.variables[setting] = variable
    accept(parsed.data)
  }

  for (const [key, reader] of entries(READERS)) {
    read(key, reader, settingsSchema.shape[key], (value) => Object.assign(found.values, { [key]: value }))
  }
  for (const [key, reader] of entries(LOAD_READERS)) {
    const schema = loadOptionsSchema.shape[key].unwrap()
    read(`load.${key}`, reader, schema, (value) => Object.assign(found.values.load, { [key]: value }))
  }
  return found
}

function entries<Key extends string>(record: Record<Key, Reader>): [Key, Reader][] {
  return Object.entries(record) as [Key, Reader][]
}

function isNull(text: string): boolean {
  return /^(null|none)$/i.test(text)
}
