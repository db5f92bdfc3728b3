import type { Logger } from '../../spec/engine.ts'
import { EngineError, isEngineError } from '../../spec/engine-error.ts'
import type { UpstreamModel } from '../../spec/provider-adapter.ts'
import type { CallContext, Upstream } from '../../spec/upstream.ts'
import { type JsonObject, listOf, objectOf, textOf } from '../../wire/openai/upstream-fields.ts'
import { toUpstreamModel } from './model-facts.ts'
import { type Vendor, vendorOfOwner } from './vendor-table.ts'

/** A second list, with more facts, may not keep the first one waiting longer than this, ms. */
const DETAILS_MS = 2_000

export interface ModelListing {
  upstream: Upstream
  /** Of the list, behind the base URL's path. */
  path: string
  vendor: Vendor
  signal: AbortSignal
  /** Whose request it is for, where a connection asks as its callers. */
  context: CallContext | undefined
  log: Logger | undefined
}

/** What a connection offers, and who turned out to serve it. */
export interface ListedModels {
  models: UpstreamModel[]
  vendor: Vendor
}

/** The models that an allow-list names, without asking anybody. */
export function namedModels(upstream: Upstream, vendor: Vendor): UpstreamModel[] {
  const { modelIds, baseUrl } = upstream.config
  return unique(modelIds.map((id) => [id, {}] as const)).map(([id, entry]) => {
    const model = toUpstreamModel(id, entry, vendor, baseUrl)
    // Somebody named it, so it is there to be asked, whatever its name looks like.
    return model.capabilities.length > 0 ? model : toUpstreamModel(id, { capabilities: ['chat'] }, vendor, baseUrl)
  })
}

/** The server's list word for word. Throws `upstream_error` for an answer that holds none. */
export async function ownList({
  upstream,
  path,
  vendor,
  signal,
  context,
}: Omit<ModelListing, 'log'>): Promise<{ answer: unknown; entries: [string, JsonObject][] }> {
  const answer = await upstream
    .json({ method: 'GET', path, signal, headers: vendor.headers, ...(context === undefined ? {} : { context }) })
    .catch((error: unknown) => Promise.reject(withAdvice(error, upstream.config.baseUrl)))
  return { answer, entries: unique(entriesOf(answer, upstream)) }
}

/** Asks for the list. Throws `upstream_error` for an answer that holds none. */
export async function listModels({ log, ...listing }: ModelListing): Promise<ListedModels> {
  const { upstream, vendor, signal, context } = listing
  const { baseUrl } = upstream.config
  const { entries } = await ownList(listing)
  const owner = entries.map(([, entry]) => textOf(entry.owned_by)).find((ownedBy) => ownedBy !== null)
  const found = vendor.vendor === 'compatible' && owner !== undefined ? (vendorOfOwner(owner) ?? vendor) : vendor
  const details =
    found.details === null
      ? new Map<string, JsonObject>()
      : await detailsOf({ upstream, path: found.details, signal, context, log })
  const models = entries.map(([id, entry]) => toUpstreamModel(id, { ...entry, ...details.get(id) }, found, baseUrl))
  return { models, vendor: found }
}

/** OpenAI's `{data}`, a bare list (Together), or `{models}`; entries may be bare names. */
function entriesOf(answer: unknown, upstream: Upstream): (readonly [string, JsonObject])[] {
  const fields = objectOf(answer)
  const list = Array.isArray(answer) ? answer : (fields?.data ?? fields?.models)
  // Servers without models say null instead of an empty list.
  if (fields?.data === null && list === undefined) return []
  if (!Array.isArray(list)) {
    throw new EngineError('upstream_error', `${upstream.title} answered without a list of models.`, {
      upstream: { provider: upstream.config.provider, bodyExcerpt: (JSON.stringify(answer) ?? '').slice(0, 500) },
    })
  }
  return listOf(list).flatMap((item) => {
    const entry = objectOf(item)
    const id = textOf(item) ?? textOf(entry?.id) ?? textOf(entry?.model) ?? textOf(entry?.name)
    return id === null ? [] : [[id, entry ?? {}] as const]
  })
}

async function detailsOf({
  upstream,
  path,
  signal,
  context,
  log,
}: Omit<ModelListing, 'vendor'>): Promise<Map<string, JsonObject>> {
  try {
    const answer = await upstream.json({
      method: 'GET',
      path,
      fromRoot: true,
      signal,
      firstByteMs: DETAILS_MS,
      ...(context === undefined ? {} : { context }),
    })
    return new Map(entriesOf(answer, upstream))
  } catch (error) {
    if (signal.aborted) throw error
    // Older versions lack it; the list itself is enough to work with.
    log?.debug({ err: error, path }, 'No further facts about the models')
    return new Map()
  }
}

/** An address that lacks its `/v1` is the usual reason for a list that is not there. */
function withAdvice(error: unknown, baseUrl: string): unknown {
  if (!isEngineError(error) || error.upstream?.status !== 404 || new URL(baseUrl).pathname !== '/') return error
  const advice = `An OpenAI-compatible address usually ends in /v1: try ${baseUrl.replace(/\/+$/, '')}/v1.`
  return new EngineError(error.code, `${error.message} ${advice}`, {
    cause: error,
    status: error.status,
    retryable: error.retryable,
    upstream: error.upstream,
  })
}

function unique(entries: (readonly [string, JsonObject])[]): [string, JsonObject][] {
  const first = new Map<string, JsonObject>()
  for (const [id, entry] of entries) if (!first.has(id)) first.set(id, entry)
  return [...first]
}
