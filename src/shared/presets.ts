import { z } from 'zod'
import { grantsSchema } from './access.ts'

/** Longest model id, characters. */
export const MAX_PRESET_ID = 256
/** Presets on a page of a list. */
export const PRESET_PAGE = 30
/** Versions of a preset that are kept. */
export const PRESET_VERSIONS = 50

/** Parameters and metadata keep the names of Open WebUI's records; unknown ones are kept and passed on. */
export const presetParamsSchema = z.record(z.string(), z.unknown())
export const presetMetaSchema = z.record(z.string(), z.unknown())

/**
 * A person's own model. With a base model id it is a preset; without one (an override) it changes or publishes the base
 * model of the same id. Times are epoch seconds.
 */
export const presetSchema = z.object({
  id: z.string().min(1).max(MAX_PRESET_ID),
  baseModelId: z.string().nullable(),
  name: z.string(),
  params: presetParamsSchema,
  meta: presetMetaSchema,
  grants: grantsSchema,
  isActive: z.boolean(),
  ownerId: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Top-level fields of an imported record that we do not know; exported as they came. */
  extra: z.record(z.string(), z.unknown()),
})
export type Preset = z.infer<typeof presetSchema>

/** A record from a file or another program. What it does not say is left alone where there is one of its id, else has its default. */
export type IncomingPreset = Pick<Preset, 'id'> & { [Field in Exclude<keyof Preset, 'id'>]?: Preset[Field] | undefined }

/** What is sent to make or change one. `meta.switchyard.modes` says per parameter `lock` (wins over a chat; the default) or `default`. */
export const presetInputSchema = z.object({
  id: z.string(),
  baseModelId: z.string().nullable(),
  name: z.string().max(512),
  params: presetParamsSchema,
  meta: presetMetaSchema,
  /** Absent: private when made, left alone when changed. */
  grants: grantsSchema.optional(),
  isActive: z.boolean().optional(),
  /** Top-level fields that we do not know; absent: left alone. */
  extra: z.record(z.string(), z.unknown()).optional(),
})
export type PresetInput = z.infer<typeof presetInputSchema>

/** What went wrong with a preset's way to its base model. */
export const presetStateSchema = z.enum(['ready', 'missing-base', 'cycle', 'inactive', 'unavailable'])

/** One line of the presets list. */
export const presetRowSchema = z.object({
  preset: presetSchema,
  /** The base model at the end of the chain, whether it is there or not; null in a cycle. */
  resolvedBaseId: z.string().nullable(),
  state: presetStateSchema,
  ownerName: z.string(),
  canWrite: z.boolean(),
})
export type PresetRow = z.infer<typeof presetRowSchema>

export const presetQuerySchema = z.object({
  kind: z.enum(['presets', 'overrides']).default('presets'),
  query: z.string().max(200).default(''),
  view: z.enum(['all', 'created', 'shared']).default('all'),
  tag: z.string().max(200).nullable().default(null),
  orderBy: z.enum(['name', 'created_at', 'updated_at']).default('updated_at'),
  direction: z.enum(['asc', 'desc']).default('desc'),
  /** From 1. */
  page: z.number().int().min(1).default(1),
})
export type PresetQuery = z.infer<typeof presetQuerySchema>
export const presetPageSchema = z.object({ items: z.array(presetRowSchema), total: z.number() })
export type PresetPage = z.infer<typeof presetPageSchema>

/** One earlier state of a preset, newest first in lists; the present one is not among them. */
export const presetVersionSchema = z.object({
  version: z.number(),
  savedAt: z.number(),
  savedBy: z.string(),
  preset: presetSchema,
})
export type PresetVersion = z.infer<typeof presetVersionSchema>

/** What a sync (exact reconcile) or an import did, by id. */
export const presetReconcileSchema = z.object({
  created: z.array(z.string()),
  updated: z.array(z.string()),
  deleted: z.array(z.string()),
  unchanged: z.array(z.string()),
  refused: z.array(z.object({ id: z.string(), reason: z.string() })),
})
export type PresetReconcile = z.infer<typeof presetReconcileSchema>

/** A parameter as the editor shows it; ranges fit the provider of the base model. */
export const parameterInfoSchema = z.object({
  name: z.string(),
  kind: z.enum(['number', 'integer', 'boolean', 'text', 'choice', 'list', 'json']),
  min: z.number().nullable(),
  max: z.number().nullable(),
  step: z.number().nullable(),
  choices: z.array(z.string()),
  /** What the slider starts at when the parameter is switched on. */
  initial: z.unknown(),
  /** False: this provider has no use for it; it is sent where it can be and named in X-Switchyard-Not-Sent where not. */
  supported: z.boolean(),
  group: z.enum(['sampling', 'length', 'penalties', 'context', 'runtime', 'reasoning', 'output']),
})
export type ParameterInfo = z.infer<typeof parameterInfoSchema>

/** Where a value of the effective request came from, strongest first in `overridden`'s order of precedence. */
export const valueSourceSchema = z.enum(['model', 'model-default', 'chat', 'user', 'global', 'base-model'])
export type ValueSource = z.infer<typeof valueSourceSchema>
export const effectiveRequestSchema = z.object({
  /** From the asked model down to the base model. */
  chain: z.array(z.object({ id: z.string(), name: z.string(), kind: z.enum(['preset', 'override', 'base']) })),
  baseModelId: z.string().nullable(),
  /** True if the fallback model stands in for a missing base. */
  usesFallback: z.boolean(),
  params: z.array(
    z.object({
      name: z.string(),
      value: z.unknown(),
      source: valueSourceSchema,
      /** The record it comes from, where it is a model's. */
      sourceId: z.string().nullable(),
      overridden: z.array(z.object({ source: valueSourceSchema, value: z.unknown() })),
    }),
  ),
  /** With its variables filled in, as the person who asks would get it. */
  system: z.string(),
})
export type EffectiveRequest = z.infer<typeof effectiveRequestSchema>

/** Parameters and system prompt to start from. `base` ones come with the app and cannot be changed. */
export const templateSchema = z.object({
  id: z.string(),
  kind: z.enum(['base', 'custom', 'shared']),
  name: z.string().min(1).max(200),
  description: z.string().max(2_000),
  params: presetParamsSchema,
  ownerId: z.string(),
  updatedAt: z.number(),
})
export type Template = z.infer<typeof templateSchema>
export const templateInputSchema = templateSchema.pick({ name: true, description: true, params: true }).extend({
  shared: z.boolean().default(false),
})
export type TemplateInput = z.infer<typeof templateInputSchema>

/** What applying a template would change. */
export const parameterChangeSchema = z.object({
  name: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  change: z.enum(['added', 'changed', 'removed', 'same']),
})
export type ParameterChange = z.infer<typeof parameterChangeSchema>

/** Defaults for all models; Open WebUI's `/api/v1/configs/models`. */
export const modelDefaultsSchema = z.object({
  params: presetParamsSchema,
  meta: presetMetaSchema,
  /** Stands in for a missing base model where this is switched on; null: a clear error. */
  fallbackModelId: z.string().nullable(),
  defaultModels: z.array(z.string()),
  pinnedModels: z.array(z.string()),
  order: z.array(z.string()),
})
export type ModelDefaults = z.infer<typeof modelDefaultsSchema>
