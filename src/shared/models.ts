import { z } from 'zod'
import { publicErrorSchema } from './errors.ts'
import { placeSchema, providerKindSchema } from './place.ts'

export const CAPABILITIES = ['chat', 'completion', 'embedding', 'tools', 'vision', 'reasoning', 'json-schema'] as const
export const capabilitySchema = z.enum(CAPABILITIES)
export type Capability = z.infer<typeof capabilitySchema>

/** What a GGUF header says, after our own strict validation. Sizes in bytes, lengths in tokens. */
export const ggufFactsSchema = z.object({
  architecture: z.string(),
  name: z.string().nullable(),
  sizeLabel: z.string().nullable(),
  parameterCount: z.number().nullable(),
  /** Ollama-style name such as `Q4_K_M`, `Q8_0`, `F16`; `unknown` if the header does not tell. */
  quantization: z.string(),
  contextLength: z.number(),
  embeddingLength: z.number(),
  blockCount: z.number(),
  headCount: z.number(),
  vocabularySize: z.number(),
  hasChatTemplate: z.boolean(),
  isEmbedding: z.boolean(),
  license: z.string().nullable(),
})
export type GgufFacts = z.infer<typeof ggufFactsSchema>

/**
 * - `checking`: header validation or the trial load in a child process is running
 * - `ready`: may be loaded
 * - `quarantined`: refused, with the reason; the app never loads it until the person asks for a new check
 * - `offline`: known, but its file or folder does not answer right now (kept in the list)
 */
export const ggufFileStateSchema = z.enum(['checking', 'ready', 'quarantined', 'offline'])

/**
 * Why a file is quarantined, by kind: what a window in another language says where `reason` is an English sentence.
 * - `format`: a kind of GGUF that llama.cpp does not read; `architecture`: a model that it does not know
 * - `projector`, `split-part`, `split-missing`, `incomplete`: a part of a model, without the rest
 * - `unreadable`: its bytes could not be read; `unchecked`: the check did not get to the file
 * - `load-failed`: llama.cpp refused it, crashed or hung in a trial load or a load
 */
export const ggufRefusalSchema = z.enum([
  'empty',
  'not-gguf',
  'web-page',
  'lfs-pointer',
  'archive',
  'cut-off',
  'damaged',
  'format',
  'architecture',
  'projector',
  'split-part',
  'split-missing',
  'incomplete',
  'unreadable',
  'unchecked',
  'load-failed',
])
export type GgufRefusalKind = z.infer<typeof ggufRefusalSchema>

/** How a model is loaded; every field is optional and falls back to the settings' defaults. */
export const loadOptionsSchema = z
  .object({
    /** Tokens per sequence. */
    contextSize: z.number().int().min(64).max(10_000_000).optional(),
    /** Layers on the GPU; `auto` lets the runtime decide by free VRAM, 0 is CPU only. */
    gpuLayers: z.union([z.literal('auto'), z.literal('max'), z.number().int().min(0).max(10_000)]).optional(),
    threads: z.number().int().min(1).max(512).optional(),
    batchSize: z.number().int().min(1).max(65_536).optional(),
    /** Parallel sequences (requests at once) in one context. */
    sequences: z.number().int().min(1).max(64).optional(),
    mmap: z.boolean().optional(),
    mlock: z.boolean().optional(),
    flashAttention: z.boolean().optional(),
    /** Seconds a model stays loaded after its last request; -1 keeps it, 0 unloads at once. */
    keepAliveSeconds: z.number().int().min(-1).max(31_536_000).optional(),
  })
  .strict()
export type LoadOptions = z.infer<typeof loadOptionsSchema>

/** One GGUF file on this machine. */
export const ggufFileSchema = z.object({
  /** Model id: the file name without `.gguf`; the built-in one is `demo`. */
  id: z.string(),
  path: z.string(),
  /** The folder it was found in: the data folder's `models/`, one from SWITCHYARD_MODELS_DIR, an added folder, or built in. */
  source: z.enum(['built-in', 'data', 'environment', 'added']),
  sizeBytes: z.number(),
  modifiedAt: z.number(),
  state: ggufFileStateSchema,
  /** Why it is quarantined, offline or still checking, as a plain sentence. */
  reason: z.string().nullable(),
  /** The kind of `reason` where it is quarantined. */
  refusal: ggufRefusalSchema.nullable(),
  facts: ggufFactsSchema.nullable(),
  capabilities: z.array(capabilitySchema),
  /** Options saved for this model by the person. */
  options: loadOptionsSchema,
  loaded: z
    .object({
      state: z.enum(['loading', 'loaded', 'unloading']),
      /** 0..1 while loading. */
      progress: z.number(),
      loadedAt: z.number().nullable(),
      /** Epoch ms at which it unloads if idle; null keeps it loaded. */
      expiresAt: z.number().nullable(),
      activeRequests: z.number(),
      queuedRequests: z.number(),
      contextSize: z.number(),
      sequences: z.number(),
      /** Bytes. `vram` is 0 without a GPU. */
      memory: z.object({ ram: z.number(), vram: z.number() }),
      gpuLayers: z.number(),
      /** The options it was really loaded with. */
      options: loadOptionsSchema,
    })
    .nullable(),
  lastUsedAt: z.number().nullable(),
})
export type GgufFile = z.infer<typeof ggufFileSchema>

/** One base model of the catalog. */
export const catalogModelSchema = z.object({
  id: z.string(),
  name: z.string(),
  place: placeSchema,
  holders: z.array(
    z.object({
      connectionId: z.string(),
      connectionName: z.string(),
      provider: providerKindSchema,
      upstreamModel: z.string(),
      place: placeSchema,
      /** False while its connection does not answer; what is shown is then `knownAt` old. */
      reachable: z.boolean(),
      /** Epoch ms at which this was last known for sure. */
      knownAt: z.number(),
      loaded: z.boolean(),
      /** Epoch ms at which it unloads there; null if it stays or is not loaded. */
      expiresAt: z.number().nullable(),
      sizeBytes: z.number().nullable(),
      quantization: z.string().nullable(),
      contextLength: z.number().nullable(),
    }),
  ),
  tags: z.array(z.string()),
  connectionType: z.enum(['local', 'external']),
  ownedBy: z.string().nullable(),
  capabilities: z.array(capabilitySchema),
  contextLength: z.number().nullable(),
  sizeBytes: z.number().nullable(),
  quantization: z.string().nullable(),
  parameterSize: z.string().nullable(),
  family: z.string().nullable(),
  /** Content digest or a stable stand-in, hex. */
  digest: z.string(),
  modifiedAt: z.number(),
  loaded: z.boolean(),
  /** Epoch ms of the soonest unload among its loaded holders; null if none is planned. */
  expiresAt: z.number().nullable(),
  /** `unreachable`: no connection that holds it answers right now. */
  state: z.enum(['ready', 'checking', 'unavailable', 'unreachable']),
  /** Why it is not ready, as a plain sentence. How old what is known is stands at the holders. */
  reason: z.string().nullable(),
  /** True for the hand-written demo weights, so that every view can say so. */
  isDemo: z.boolean(),
  /** What a person made of it, in lists that show presets beside base models. */
  preset: z
    .object({
      baseModelId: z.string(),
      description: z.string(),
      profileImageUrl: z.string(),
      suggestions: z.array(z.string()),
      ownerId: z.string(),
    })
    .nullable()
    .optional(),
})
export type CatalogModel = z.infer<typeof catalogModelSchema>

/** Outcome of adding files: what was taken, and what was refused with its reason. */
export const addFilesResultSchema = z.object({
  added: z.array(z.object({ id: z.string(), path: z.string() })),
  refused: z.array(z.object({ path: z.string(), error: publicErrorSchema })),
})
export type AddFilesResult = z.infer<typeof addFilesResultSchema>

/** How a model on this machine has run since the start. Speeds in tokens/s, sizes in bytes. */
export const modelMetricsSchema = z.object({
  requests: z.number(),
  failed: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  /** Of the newest answers, weighted by their tokens; null before the first. */
  tokensPerSecond: z.number().nullable(),
  promptTokensPerSecond: z.number().nullable(),
  /** ms from request to first token, median of the newest 50. */
  ttftMs: z.number().nullable(),
  memory: z.object({ ram: z.number(), vram: z.number() }),
  /** Layers on the GPU, 0..1 of all. */
  gpuShare: z.number(),
  activeRequests: z.number(),
  queuedRequests: z.number(),
  loadedAt: z.number().nullable(),
})
export type ModelMetrics = z.infer<typeof modelMetricsSchema>
