import { z } from 'zod'
import { publicErrorSchema } from './errors.ts'
import { placeSchema, providerKindSchema } from './place.ts'

/**
 * How a connection proves who it is.
 * - `bearer`: `Authorization: Bearer <key>` (`api-key` for azure, `x-api-key` for anthropic: what the provider expects)
 * - `header`: the key in the header that `headerName` names
 * - `none`: nothing is sent
 * - `session`: the caller's cookies are forwarded
 * - `system_oauth`: the signed-in person's OAuth token
 * - `microsoft_entra_id`: a token from @azure/identity's default credential
 */
export const AUTH_TYPES = ['bearer', 'header', 'none', 'session', 'system_oauth', 'microsoft_entra_id'] as const

/** Providers that a person can add; `llama` is built in. */
export const REMOTE_PROVIDER_KINDS = ['ollama', 'openai', 'azure', 'anthropic', 'localai'] as const
export const remoteProviderKindSchema = z.enum(REMOTE_PROVIDER_KINDS)
export type RemoteProviderKind = z.infer<typeof remoteProviderKindSchema>

export const connectionTimeoutsSchema = z.object({
  /** Name resolution, TCP and TLS together, ms. */
  connectMs: z.number().int().min(100).max(600_000).default(5_000),
  /** From the request to the first byte of the body (a model may have to load first), ms. */
  firstByteMs: z.number().int().min(100).max(86_400_000).default(300_000),
  /** Between two bytes of a stream, ms. */
  idleMs: z.number().int().min(100).max(86_400_000).default(120_000),
})

/** Everything about a connection that a person sets, without its keys. */
export const connectionConfigSchema = z.object({
  provider: remoteProviderKindSchema,
  /** Empty: the host's name is shown. */
  name: z.string().max(200).default(''),
  enabled: z.boolean().default(true),
  /** http(s) address without user, query or fragment; a trailing slash is dropped. */
  baseUrl: z.string().min(1).max(2048),
  auth: z
    .object({ type: z.enum(AUTH_TYPES).default('bearer'), headerName: z.string().max(200).nullable().default(null) })
    .default({ type: 'bearer', headerName: null }),
  /** Custom headers; values may hold `{{USER_ID}}` and the other template variables. Sealed like keys. */
  headers: z.record(z.string().min(1).max(200), z.string().max(8192)).default({}),
  /** Model ids become `<prefixId>.<id>`. */
  prefixId: z.string().max(100).nullable().default(null),
  /** Replace the tags of its models. */
  tags: z.array(z.string().min(1).max(100)).max(100).default([]),
  /** Upstream ids that are offered; empty offers all. For azure: the deployments. Non-empty for kinds but ollama skips the network call. */
  modelIds: z.array(z.string().min(1).max(512)).max(10_000).default([]),
  /** What Open WebUI clients are told; null: by provider (ollama local, the rest external). */
  connectionType: z.enum(['local', 'external']).nullable().default(null),
  /** azure: `api-version`. */
  apiVersion: z.string().max(100).nullable().default(null),
  /** openai and azure: which API carries chats. */
  apiType: z.enum(['chat', 'responses']).default('chat'),
  /** openai: Open WebUI's word for a compatible server (`llama.cpp`, `litellm`). Its clients are told it again; here it does nothing. */
  compatibleKind: z.string().max(100).nullable().default(null),
  /** Fields of an Anthropic request that are sent on as they are; `*` for all. */
  passthroughParams: z.array(z.string().min(1).max(200)).max(200).default([]),
  timeouts: connectionTimeoutsSchema.default({ connectMs: 5_000, firstByteMs: 300_000, idleMs: 120_000 }),
  /** Higher is asked first among equally busy ones. */
  priority: z.number().int().min(-1000).max(1000).default(0),
  /** Share of requests among equals; for routing strategies. */
  weight: z.number().min(0).max(1000).default(1),
  /** Seconds between looks at its models; null: by place (here and near 10, away 60). */
  probeSeconds: z.number().min(0.05).max(86_400).nullable().default(null),
  /** Who may use its models where a model says nothing itself: administrators, or everyone who signed in. */
  visibility: z.enum(['private', 'everyone']).default('private'),
  /** SHA-256 of the certificate that is trusted for this host instead of a public authority, as hex with or without colons. */
  fingerprint: z.string().max(200).nullable().default(null),
})
export type ConnectionConfig = z.infer<typeof connectionConfigSchema>

/** A key in a change: one that is kept (by id, as the view lists it) or a new one. */
export const connectionKeyInputSchema = z.union([
  z.object({ keep: z.string().min(1) }),
  z.object({ value: z.string().min(1).max(16_384) }),
])

/** What creates or replaces a connection. Header values equal to their mask keep the stored value. */
export const connectionInputSchema = connectionConfigSchema.extend({
  keys: z.array(connectionKeyInputSchema).max(100).default([]),
})
export type ConnectionInput = z.input<typeof connectionInputSchema>

/**
 * - `unknown`: not asked yet
 * - `ready`: the last look went well
 * - `slow`: it answers, but the last look took over 2 s
 * - `limited`: it said 429, or refused a key while another works
 * - `auth-failed`: it refuses every key
 * - `down`: it does not answer
 * - `disabled`: switched off
 */
export const CONNECTION_STATES = ['unknown', 'ready', 'slow', 'limited', 'auth-failed', 'down', 'disabled'] as const
export const connectionStateSchema = z.enum(CONNECTION_STATES)
export type ConnectionState = z.infer<typeof connectionStateSchema>

export const connectionHealthSchema = z.object({
  state: connectionStateSchema,
  /** Of the last look that got an answer, ms. */
  latencyMs: z.number().nullable(),
  checkedAt: z.number().nullable(),
  lastOkAt: z.number().nullable(),
  /** The newest failure; it stays, with its age, after recovery. */
  lastError: z.object({ at: z.number(), error: publicErrorSchema }).nullable(),
  /** Version that the server told, if it tells one. */
  version: z.string().nullable(),
  inFlight: z.number(),
  /** Models it holds, as last known. */
  modelCount: z.number(),
  /** When its models were last known for sure. */
  modelsKnownAt: z.number().nullable(),
  /** Epoch ms of the next look; null while none is planned. */
  nextCheckAt: z.number().nullable(),
})
export type ConnectionHealth = z.infer<typeof connectionHealthSchema>

/** One connection as a window sees it: no key, no secret header. */
export const connectionViewSchema = z.object({
  id: z.string(),
  /** List position: only a view (Open WebUI's `url_idx` counts per provider family). */
  position: z.number(),
  /** Name to show: the given one, or the host. */
  title: z.string(),
  provider: providerKindSchema,
  place: placeSchema,
  /** Secret-looking header values are masked. Null for the built-in connection. */
  config: connectionConfigSchema.nullable(),
  keys: z.array(z.object({ id: z.string(), mask: z.string() })),
  /** `environment` if seeded by variables at first start. */
  origin: z.enum(['built-in', 'environment', 'person']),
  /** Another one after each change of its configuration, keys or headers; a change says which it was made from. */
  revision: z.string(),
  health: connectionHealthSchema,
})
export type ConnectionView = z.infer<typeof connectionViewSchema>

export const TEST_STEPS = ['address', 'resolve', 'connect', 'tls', 'auth', 'version', 'models', 'token'] as const

/** One step of a connection test; each comes once as `running` and once as its end. */
export const connectionTestStepSchema = z.object({
  step: z.enum(TEST_STEPS),
  state: z.enum(['running', 'ok', 'failed', 'skipped']),
  ms: z.number().nullable(),
  /** What was found: addresses, certificate fingerprint, version, number of models, the text of one token. */
  detail: z.string().nullable(),
  /** With the upstream's own reason in `detail`. */
  error: publicErrorSchema.nullable(),
  /** What the person can do: `Type http://192.168.1.100:11434`. */
  advice: z.string().nullable(),
  /** tls: fingerprint that can be pinned. */
  fingerprint: z.string().nullable(),
})
export type ConnectionTestStep = z.infer<typeof connectionTestStepSchema>
