import { z } from 'zod'
import { publicErrorSchema } from './errors.ts'

export const JOB_KINDS = ['pull', 'push', 'create', 'upload', 'update-all'] as const

/**
 * - `queued`: waits for its turn
 * - `running`
 * - `stalled`: no progress for 15 s; it is asked again by itself
 * - `retrying`: the line broke; `retryAt` says when it is tried again
 * - `interrupted`: Switchyard ended while it ran; it goes on when resumed
 */
export const JOB_STATES = [
  'queued',
  'running',
  'stalled',
  'retrying',
  'interrupted',
  'done',
  'failed',
  'cancelled',
] as const
export const jobStateSchema = z.enum(JOB_STATES)
export type JobState = z.infer<typeof jobStateSchema>

/** Work on an Ollama connection that outlives the window. Every client sees the same state. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(JOB_KINDS),
  connectionId: z.string(),
  connectionName: z.string(),
  /** Model that is pulled, pushed or created; empty for `update-all`. */
  model: z.string(),
  state: jobStateSchema,
  /** The upstream's own words for what it is doing (`pulling manifest`, `verifying sha256 digest`). */
  phase: z.string(),
  completedBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  /** Over the last seconds; null while nothing moves. Never an old speed. */
  bytesPerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Attempts so far. */
  attempts: z.number(),
  retryAt: z.number().nullable(),
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  /** Last progress. */
  progressAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** False where `resume` can do nothing: it is done, or its file was sent for it alone and went when it was cancelled. */
  canResume: z.boolean().default(true),
  error: publicErrorSchema.nullable(),
  /** update-all: each model's own state. */
  items: z.array(z.object({ model: z.string(), state: jobStateSchema, changed: z.boolean().nullable() })),
})
export type Job = z.infer<typeof jobSchema>

/** A model of one Ollama server, as its manager shows it. */
export const ollamaModelSchema = z.object({
  name: z.string(),
  sizeBytes: z.number(),
  digest: z.string(),
  modifiedAt: z.number(),
  family: z.string().nullable(),
  parameterSize: z.string().nullable(),
  quantization: z.string().nullable(),
  /** Null: not loaded. `expiresAt` null: stays loaded. */
  running: z.object({ sizeBytes: z.number(), vramBytes: z.number(), expiresAt: z.number().nullable() }).nullable(),
})
export type OllamaModel = z.infer<typeof ollamaModelSchema>

export const ollamaDetailsSchema = z.object({
  name: z.string(),
  template: z.string(),
  parameters: z.string(),
  modelfile: z.string(),
  system: z.string(),
  license: z.string(),
  capabilities: z.array(z.string()),
  contextLength: z.number().nullable(),
  family: z.string().nullable(),
  parameterSize: z.string().nullable(),
  quantization: z.string().nullable(),
})
export type OllamaDetails = z.infer<typeof ollamaDetailsSchema>
