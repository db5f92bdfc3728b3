import { z } from 'zod'
import { permissionsSchema, roleSchema } from './access.ts'

/** One account. Times are epoch seconds, as Open WebUI has them. */
export const personSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  profileImageUrl: z.string(),
  /** Epoch s; null if never. */
  lastActiveAt: z.number().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  groupIds: z.array(z.string()),
  /** `password`, or the name of the OAuth provider. */
  signsInWith: z.array(z.string()),
})
export type Person = z.infer<typeof personSchema>

export const peopleQuerySchema = z.object({
  query: z.string().max(200).default(''),
  orderBy: z.enum(['name', 'email', 'role', 'created_at', 'last_active_at']).default('created_at'),
  direction: z.enum(['asc', 'desc']).default('desc'),
  groupId: z.string().nullable().default(null),
  page: z.number().int().min(1).default(1),
})
export type PeopleQuery = z.infer<typeof peopleQuerySchema>
export const PEOPLE_PAGE = 30
export const peoplePageSchema = z.object({ items: z.array(personSchema), total: z.number() })
export type PeoplePage = z.infer<typeof peoplePageSchema>

/** Bytes: what bcrypt would keep of it, and what Open WebUI's clients expect to be refused. */
export const MAX_PASSWORD_BYTES = 72
export const MIN_PASSWORD = 8

export const newPersonSchema = z.object({
  name: z.string().trim().min(1).max(200),
  email: z.string().trim().toLowerCase().max(320),
  password: z.string(),
  role: roleSchema.default('pending'),
  profileImageUrl: z.string().default(''),
})
export type NewPerson = z.input<typeof newPersonSchema>
export const personPatchSchema = z.object({
  name: z.string().trim().min(1).max(200).optional(),
  email: z.string().trim().toLowerCase().max(320).optional(),
  role: roleSchema.optional(),
  profileImageUrl: z.string().optional(),
  password: z.string().optional(),
})
export type PersonPatch = z.infer<typeof personPatchSchema>

export const groupSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  permissions: permissionsSchema.nullable(),
  /** Free data of Open WebUI's clients, kept. */
  data: z.record(z.string(), z.unknown()),
  ownerId: z.string(),
  memberCount: z.number(),
  createdAt: z.number(),
  updatedAt: z.number(),
})
export type Group = z.infer<typeof groupSchema>
export const groupInputSchema = z.object({
  name: z.string().trim().min(1).max(200),
  description: z.string().max(4_000).default(''),
  permissions: permissionsSchema.nullable().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
})
export type GroupInput = z.input<typeof groupInputSchema>

/** What an API key may be used for. */
export const KEY_SCOPES = ['models', 'chat', 'embeddings', 'presets', 'admin'] as const
export const keyScopeSchema = z.enum(KEY_SCOPES)
export type KeyScope = z.infer<typeof keyScopeSchema>
export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** The beginning that is shown, e.g. `sk-swy-3f9a…`; the rest is known to nobody. */
  start: z.string(),
  scopes: z.array(keyScopeSchema),
  personId: z.string(),
  createdAt: z.number(),
  /** Epoch s; null: never expires. */
  expiresAt: z.number().nullable(),
  lastUsedAt: z.number().nullable(),
})
export type ApiKey = z.infer<typeof apiKeySchema>
export const newKeySchema = z.object({
  name: z.string().trim().min(1).max(200),
  scopes: z.array(keyScopeSchema).min(1).default(['models', 'chat', 'embeddings']),
  expiresAt: z.number().nullable().default(null),
})
export type NewKey = z.input<typeof newKeySchema>

/** A single-use way in. The link's secret is shown once, when it is made. */
export const inviteSchema = z.object({
  id: z.string(),
  /** For whom, as a reminder; empty if not said. */
  note: z.string(),
  role: roleSchema,
  groupIds: z.array(z.string()),
  createdAt: z.number(),
  expiresAt: z.number(),
  usedAt: z.number().nullable(),
  /** Who used it. */
  personId: z.string().nullable(),
})
export type Invite = z.infer<typeof inviteSchema>
export const newInviteSchema = z.object({
  note: z.string().max(200).default(''),
  role: roleSchema.default('user'),
  groupIds: z.array(z.string()).max(100).default([]),
  /** Hours until it expires. */
  hours: z.number().int().min(1).max(720).default(72),
})
export type NewInvite = z.input<typeof newInviteSchema>

export const sessionInfoSchema = z.object({
  id: z.string(),
  createdAt: z.number(),
  lastUsedAt: z.number(),
  expiresAt: z.number(),
  userAgent: z.string(),
  current: z.boolean(),
})
export type SessionInfo = z.infer<typeof sessionInfoSchema>

/** How people come in. */
export const teamSettingsSchema = z.object({
  /** `closed`: by invitation only; `request`: anyone may sign up and waits as pending; `open`: they may start at once. */
  signUp: z.enum(['closed', 'request', 'open']),
  defaultRole: roleSchema,
  defaultGroupId: z.string().nullable(),
  apiKeys: z.boolean(),
  permissions: permissionsSchema,
  /** Text of the page that pending people see; empty: ours. */
  pendingTitle: z.string().max(200),
  pendingText: z.string().max(4_000),
  /** Also ask on this computer: without it, whoever calls from here is the owner. */
  requireSignIn: z.boolean(),
  /** Who may use GGUF models that run in this app where a model says nothing itself; connections have their own word. */
  modelsHere: z.enum(['private', 'everyone']),
})
export type TeamSettings = z.infer<typeof teamSettingsSchema>

/** An OpenID Connect provider as set up; the client secret is sealed and never shown. */
export const oauthProviderSchema = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  name: z.string().min(1).max(100),
  issuer: z.string().max(2_000),
  clientId: z.string().min(1).max(500),
  /** `••••last4`, or empty. */
  clientSecret: z.string().max(2_000),
  scopes: z.string().max(500).default('openid email profile'),
  enabled: z.boolean().default(true),
})
export type OauthProvider = z.infer<typeof oauthProviderSchema>

/** Who the window or browser is, and what it may do next. Public: answered before anyone signed in. */
export const sessionStateSchema = z.object({
  me: z
    .object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      role: roleSchema,
      isOwner: z.boolean(),
      permissions: permissionsSchema,
      profileImageUrl: z.string(),
    })
    .nullable(),
  /** No account exists yet: the first becomes administrator. */
  needsFirstAccount: z.boolean(),
  signUp: teamSettingsSchema.shape.signUp,
  oauth: z.array(z.object({ id: z.string(), name: z.string() })),
  pending: z.object({ title: z.string(), text: z.string(), adminName: z.string(), adminEmail: z.string() }),
  /** Over TLS. */
  encrypted: z.boolean(),
})
export type SessionState = z.infer<typeof sessionStateSchema>
