import { z } from 'zod'
import type { ConnectionConfig, ConnectionInput, ConnectionView, RemoteProviderKind } from '#shared/connections.ts'
import type { ConnectionFamily } from '../../spec/connections.ts'
import { parseRequest } from '../parse-request.ts'

const text = z.string().nullish()
const headerValue = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** One entry of OLLAMA_API_CONFIGS or OPENAI_API_CONFIGS. Fields that Switchyard has no use for are let by. */
const entrySchema = z.looseObject({
  enable: z.boolean().nullish(),
  tags: z.array(z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)])).nullish(),
  prefix_id: text,
  model_ids: z.array(z.string()).nullish(),
  connection_type: z.enum(['local', 'external', '']).nullish(),
  auth_type: z
    .enum(['bearer', 'none', 'session', 'system_oauth', 'azure_ad', 'microsoft_entra_id', 'header', ''])
    .nullish(),
  headers: z.record(z.string(), headerValue).nullish(),
  provider: text,
  azure: z.boolean().nullish(),
  api_version: text,
  api_type: z.enum(['chat', 'responses', '']).nullish(),
  passthrough_params: z.array(z.string()).nullish(),
  /** Ollama connections keep their key here; OpenAI's are in a list beside. */
  key: text,
  /** Ours: which header carries the key with auth type `header`. */
  header_name: text,
})
type Entry = z.output<typeof entrySchema>

/** What an entry is made for: a new connection, or the one that it replaces. */
export interface OpenWebUiConnection {
  family: ConnectionFamily
  url: string
  /** Null: none was given, so every field has its default. */
  entry: unknown
  /** OpenAI: the text of OPENAI_API_KEYS at the same position. Ollama: leave it out, the entry's `key` counts. */
  key?: string
  /** More keys than Open WebUI's one. */
  moreKeys?: readonly string[]
  /** The connection that is replaced: what Open WebUI has no field for stays as it is, and so do masked keys. */
  existing?: Pick<ConnectionView, 'config' | 'keys'> | null
}

/**
 * A connection as Open WebUI configures it. Throws `invalid_request` that names the entry's field.
 * An empty `prefix_id`, `api_version` and the like mean none.
 */
export function fromOpenWebUiConfig(given: OpenWebUiConnection): ConnectionInput {
  const entry = parseRequest(entrySchema, given.entry ?? {})
  const stored = given.existing?.config ?? null
  const provider = providerOf(given, entry, stored)
  const { family, existing } = given
  const key = family === 'ollama' ? (entry.key ?? given.key) : given.key
  const authType = entry.auth_type === 'azure_ad' ? 'microsoft_entra_id' : entry.auth_type
  return {
    ...(stored === null ? {} : unknownToOpenWebUi(stored, given.url)),
    provider,
    enabled: entry.enable ?? true,
    baseUrl: given.url,
    auth: { type: authType || 'bearer', headerName: entry.header_name || stored?.auth.headerName || null },
    headers: entry.headers ?? {},
    prefixId: entry.prefix_id || null,
    tags: entry.tags ?? [],
    modelIds: entry.model_ids ?? [],
    connectionType: entry.connection_type || null,
    apiVersion: entry.api_version || null,
    apiType: entry.api_type || 'chat',
    ...(provider === 'openai' ? { compatibleKind: compatibleKindOf(entry, stored) } : {}),
    passthroughParams: entry.passthrough_params ?? [],
    keys: keyInputs(key, given.moreKeys ?? [], existing?.keys ?? []),
  }
}

/** The entry that Open WebUI's clients get for a connection. Header values and keys are masked as in the view. */
export function toOpenWebUiConfig({ config, keys }: Pick<ConnectionView, 'config' | 'keys'>): Record<string, unknown> {
  if (config === null) throw new Error('the built-in connection has no configuration')
  const { provider } = config
  return {
    enable: config.enabled,
    tags: config.tags.map((name) => ({ name })),
    prefix_id: config.prefixId ?? '',
    model_ids: config.modelIds,
    connection_type: config.connectionType ?? (provider === 'ollama' ? 'local' : 'external'),
    auth_type: config.auth.type,
    ...(config.auth.type === 'header' ? { header_name: config.auth.headerName } : {}),
    headers: config.headers,
    ...(provider === 'ollama'
      ? { key: keys[0]?.mask ?? '' }
      : {
          // `localai` and `anthropic` are ours: they make the way back lead to the same kind.
          provider: provider === 'openai' ? (config.compatibleKind ?? '') : provider,
          azure: provider === 'azure',
          api_version: config.apiVersion ?? '',
          api_type: config.apiType === 'responses' ? 'responses' : '',
          passthrough_params: config.passthroughParams,
        }),
  }
}

/** Position and entry of one family's connection in Open WebUI's configuration: by its index, in older ones by its address. */
export function entryAt(configs: Readonly<Record<string, unknown>>, index: number, url: string): unknown {
  const bare = url.replace(/\/+$/, '')
  // Addresses in both forms are about: Open WebUI keeps what was typed.
  return configs[String(index)] ?? configs[url] ?? configs[bare] ?? configs[`${bare}/`] ?? null
}

function providerOf(given: OpenWebUiConnection, entry: Entry, stored: ConnectionConfig | null): RemoteProviderKind {
  if (given.family === 'ollama') return 'ollama'
  const host = hostOf(given.url)
  if (entry.provider === 'azure' || entry.azure === true || host.endsWith('.openai.azure.com')) return 'azure'
  if (entry.provider === 'anthropic' || host === 'api.anthropic.com') return 'anthropic'
  if (entry.provider === 'localai') return 'localai'
  // A client that does not know our two kinds leaves the field out: the same address is the same kind of server.
  const isSame = stored !== null && entry.provider == null && stored.baseUrl === given.url.replace(/\/+$/, '')
  return isSame && stored.provider !== 'ollama' && stored.provider !== 'azure' ? stored.provider : 'openai'
}

/** What else a client calls a compatible server; leaving it out changes nothing. */
function compatibleKindOf(entry: Entry, stored: ConnectionConfig | null): string | null {
  if (entry.provider == null) return stored?.compatibleKind ?? null
  return entry.provider === 'openai' ? null : entry.provider || null
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}

function portedHostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}

/** What stays although no field says it. A pinned certificate and a name that is the host's are another host's no more. */
function unknownToOpenWebUi(config: ConnectionConfig, url: string): Partial<ConnectionInput> {
  const { name, timeouts, priority, weight, probeSeconds, visibility, fingerprint, baseUrl } = config
  const kept = { name, timeouts, priority, weight, probeSeconds, visibility, fingerprint }
  if (portedHostOf(url) === portedHostOf(baseUrl)) return kept
  const ofOldHost = [baseUrl, portedHostOf(baseUrl), hostOf(baseUrl)]
  return { ...kept, fingerprint: null, name: ofOldHost.includes(name.toLowerCase()) ? '' : name }
}

/**
 * Keys of a change. The mask of the first stored key stands for all that are stored, since Open WebUI shows one;
 * another text replaces them, and an empty one removes them.
 */
function keyInputs(
  first: string | null | undefined,
  more: readonly string[],
  stored: ConnectionView['keys'],
): NonNullable<ConnectionInput['keys']> {
  const keep = stored.map(({ id }) => ({ keep: id }))
  const isUnchanged = stored[0] !== undefined && first === stored[0].mask
  const given = [first ?? '', ...more].map((key) => key.trim()).filter((key) => key !== '')
  if (isUnchanged) return [...keep, ...given.slice(1).map((value) => ({ value }))]
  return given.map((value) => ({ value }))
}
