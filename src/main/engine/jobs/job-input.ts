import { z } from 'zod'
import { EngineError } from '../spec/engine-error.ts'

const onConnection = { connectionId: z.string() }
const ofModel = { ...onConnection, model: z.string() }

/** What was asked for, as it is kept so that a job can go on after a restart. */
export const jobInputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pull'), ...ofModel, insecure: z.boolean() }),
  z.object({ kind: z.literal('push'), ...ofModel, insecure: z.boolean() }),
  z.object({
    kind: z.literal('create'),
    ...ofModel,
    modelfile: z.string(),
    quantize: z.string().nullable(),
    files: z.record(z.string(), z.string()),
  }),
  z.object({
    kind: z.literal('upload'),
    ...ofModel,
    path: z.string(),
    /** What the server is told, for a file that lies here under a name of ours. */
    fileName: z.string().optional(),
    removeFileAfterwards: z.boolean(),
  }),
  z.object({ kind: z.literal('update-all'), ...onConnection }),
])
export type JobInput = z.infer<typeof jobInputSchema>
export type InputOf<Kind extends JobInput['kind']> = Extract<JobInput, { kind: Kind }>

/** How far a job came, in its own terms; changed in place while it runs. */
export const jobCheckpointSchema = z.object({
  /** Bytes by layer: completed and total. */
  layers: z.record(z.string(), z.tuple([z.number(), z.number()])).default({}),
  /** Digests of files that were read, valid while size and time of change are the same. */
  files: z
    .record(z.string(), z.object({ digest: z.string(), sizeBytes: z.number(), modifiedAt: z.number() }))
    .default({}),
  /** update-all: each model's digest before it was pulled. */
  digests: z.record(z.string(), z.string()).default({}),
})
export type JobCheckpoint = z.infer<typeof jobCheckpointSchema>

/** A model's name without the space around it. Throws `invalid_request` where nothing is left. */
export function modelName(text: string): string {
  const name = text.trim()
  if (name === '') throw new EngineError('invalid_request', 'The name of the model is missing.', { param: 'model' })
  return name
}
