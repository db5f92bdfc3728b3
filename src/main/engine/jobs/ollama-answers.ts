import { z } from 'zod'
import type { OllamaDetails, OllamaModel } from '#shared/jobs.ts'
import { EngineError } from '../spec/engine-error.ts'

/** Servers of many versions are read: what is missing is unknown, and only what makes no sense at all is an error. */
const text = z.string().nullish().catch(null)
const bytes = z.number().nonnegative().catch(0)

const detailsSchema = z.object({ family: text, parameter_size: text, quantization_level: text }).nullish().catch(null)

const tagsSchema = z.object({
  models: z
    .array(
      z
        .object({ name: text, model: text, size: bytes, digest: text, modified_at: text, details: detailsSchema })
        .nullable()
        .catch(null),
    )
    .nullish(),
})

const runningSchema = z.object({
  models: z
    .array(
      z.object({ name: text, model: text, size: bytes, size_vram: bytes, expires_at: text }).nullable().catch(null),
    )
    .nullish(),
})

const showSchema = z.object({
  template: text,
  parameters: text,
  modelfile: text,
  system: text,
  license: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .catch(null),
  capabilities: z.array(z.string()).nullish().catch(null),
  details: detailsSchema,
  model_info: z.record(z.string(), z.unknown()).nullish().catch(null),
})

type Installed = Omit<OllamaModel, 'running'>
type Running = NonNullable<OllamaModel['running']>

/** Beyond this time a model stays loaded: Ollama says "forever" as a date centuries away. */
const FOREVER_MS = 50 * 365 * 86_400_000

/** The answer of GET /api/tags. Throws `upstream_error` if it is no such answer. */
export function readModelList(answer: unknown): Installed[] {
  return (read(tagsSchema, answer, 'list of models').models ?? []).flatMap((entry) => {
    const name = entry?.name || entry?.model
    if (!entry || !name) return []
    return [
      {
        name,
        sizeBytes: entry.size,
        digest: (entry.digest ?? '').replace(/^sha256:/, ''),
        modifiedAt: timeOf(entry.modified_at) ?? 0,
        family: entry.details?.family || null,
        parameterSize: entry.details?.parameter_size || null,
        quantization: entry.details?.quantization_level || null,
      },
    ]
  })
}

/** The answer of GET /api/ps by model name. Throws as readModelList does. */
export function readRunning(answer: unknown, now: number): Map<string, Running> {
  const running = new Map<string, Running>()
  for (const entry of read(runningSchema, answer, 'list of running models').models ?? []) {
    const name = entry?.name || entry?.model
    if (!entry || !name) continue
    const expiresAt = timeOf(entry.expires_at)
    const stays = expiresAt === null || expiresAt > now + FOREVER_MS || expiresAt <= 0
    running.set(name, { sizeBytes: entry.size, vramBytes: entry.size_vram, expiresAt: stays ? null : expiresAt })
  }
  return running
}

/** The answer of POST /api/show. Throws as readModelList does. */
export function readDetails(name: string, answer: unknown): OllamaDetails {
  const shown = read(showSchema, answer, 'description of a model')
  const { details, model_info: info } = shown
  const length = info?.[`${String(info['general.architecture'])}.context_length`]
  return {
    name,
    template: shown.template ?? '',
    parameters: shown.parameters ?? '',
    modelfile: shown.modelfile ?? '',
    system: shown.system ?? '',
    license: Array.isArray(shown.license) ? shown.license.join('\n\n') : (shown.license ?? ''),
    capabilities: shown.capabilities ?? [],
    contextLength: typeof length === 'number' ? length : null,
    family: details?.family || null,
    parameterSize: details?.parameter_size || null,
    quantization: details?.quantization_level || null,
  }
}

function read<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(answer)
  if (result.success) return result.data
  throw new EngineError('upstream_error', `The server's answer is no ${what} of Ollama.`, {
    detail: z.prettifyError(result.error).slice(0, 500),
  })
}

/** Go writes times with up to nine digits of a second; Date reads them. */
function timeOf(value: string | null | undefined): number | null {
  const time = Date.parse(value ?? '')
  return Number.isNaN(time) ? null : time
}
