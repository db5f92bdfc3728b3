import { z } from 'zod'
import { loadOptionsSchema } from './models.ts'

/** Everything a person can set. Stored values are overridden by environment variables; both override these defaults. */
export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  language: z.enum(['system', 'en', 'zh']).default('system'),
  /** Model id that a new conversation starts with; null means the best one available here. */
  defaultModelId: z.string().nullable().default(null),
  systemPrompt: z.string().max(100_000).default(''),
  temperature: z.number().min(0).max(2).nullable().default(null),
  maxTokens: z.number().int().min(1).max(10_000_000).nullable().default(null),
  load: loadOptionsSchema.default({}),
  /** Waiting requests per loaded model before new ones are refused with `queue_full`. */
  queueLimit: z.number().int().min(0).max(10_000).default(64),
  /** Extra folders that are searched for GGUF files. */
  modelFolders: z.array(z.string()).default([]),
  /** Single files added by path. */
  modelFiles: z.array(z.string()).default([]),
  /** Origins (scheme://host:port) beside our own that may call the gateway from a browser. */
  allowedOrigins: z.array(z.string()).default([]),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  /** False until the first answer or until the person leaves the welcome page. */
  welcomed: z.boolean().default(false),
})
export type Settings = z.infer<typeof settingsSchema>

/** Some of the settings. Not `settingsSchema.partial()`: that fills every absent key with its default. */
const field = settingsSchema.shape
export const settingsPatchSchema = z.object({
  theme: field.theme.unwrap().optional(),
  language: field.language.unwrap().optional(),
  defaultModelId: field.defaultModelId.unwrap().optional(),
  systemPrompt: field.systemPrompt.unwrap().optional(),
  temperature: field.temperature.unwrap().optional(),
  maxTokens: field.maxTokens.unwrap().optional(),
  load: field.load.unwrap().optional(),
  queueLimit: field.queueLimit.unwrap().optional(),
  modelFolders: field.modelFolders.unwrap().optional(),
  modelFiles: field.modelFiles.unwrap().optional(),
  allowedOrigins: field.allowedOrigins.unwrap().optional(),
  logLevel: field.logLevel.unwrap().optional(),
  welcomed: field.welcomed.unwrap().optional(),
})
export type SettingsPatch = z.infer<typeof settingsPatchSchema>

/** A setting's value and where it comes from, so that the page can say "set by SWITCHYARD_…". */
export const settingsViewSchema = z.object({
  values: settingsSchema,
  /** Keys that an environment variable decides, with the variable's name. */
  environment: z.record(z.string(), z.string()),
})
export type SettingsView = z.infer<typeof settingsViewSchema>
