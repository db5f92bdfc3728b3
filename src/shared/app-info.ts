import { z } from 'zod'

export const appInfoSchema = z.object({
  version: z.string(),
  platform: z.string(),
  nodeVersion: z.string(),
  /** `desktop` in the Electron window, `headless` when served to a browser. */
  mode: z.enum(['desktop', 'headless']),
  dataFolder: z.string(),
  /** Base URL of the gateway, e.g. http://127.0.0.1:4747; null when it could not listen. */
  gatewayUrl: z.string().nullable(),
  hardware: z.object({
    cpu: z.string(),
    cores: z.number(),
    memoryBytes: z.number(),
    gpus: z.array(z.object({ name: z.string(), vramBytes: z.number().nullable() })),
    /** ms that the look at the hardware took. */
    checkedInMs: z.number(),
  }),
  startedAt: z.number(),
})
export type AppInfo = z.infer<typeof appInfoSchema>

/** Facts for the status strip; small, sent whenever one changes. */
export const statusSchema = z.object({
  here: z.object({
    /** Model shown in the strip: loaded one, else null. */
    modelName: z.string().nullable(),
    state: z.enum(['ready', 'loading', 'busy', 'idle', 'down']),
    loadedModels: z.number(),
    availableModels: z.number(),
    memoryBytes: z.object({ ram: z.number(), vram: z.number() }),
  }),
  /** Enabled connections there, and how many of them do not answer. */
  near: z.object({ connections: z.number(), down: z.number() }),
  away: z.object({ connections: z.number(), down: z.number() }),
  trouble: z.array(z.string()),
  /** Epoch ms of the last commit to the database. */
  savedAt: z.number().nullable(),
  storage: z.enum(['ok', 'disk-low', 'failed']),
})
export type Status = z.infer<typeof statusSchema>

/** Engine events that a window follows; each says which view is stale. */
export const uiEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status:changed'), status: statusSchema }),
  z.object({ type: z.literal('models:changed') }),
  z.object({ type: z.literal('chats:changed'), conversationId: z.string().nullable() }),
  z.object({ type: z.literal('settings:changed') }),
  z.object({ type: z.literal('connections:changed') }),
  z.object({ type: z.literal('jobs:changed') }),
  z.object({ type: z.literal('presets:changed') }),
  /** People, groups, keys, invites or what someone may do. */
  z.object({ type: z.literal('team:changed') }),
  z.object({ type: z.literal('sharing:changed') }),
])
export type UiEvent = z.infer<typeof uiEventSchema>
