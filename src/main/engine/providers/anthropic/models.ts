import { createHash } from 'node:crypto'
import type { Capability } from '#shared/models.ts'
import { EngineError } from '../../spec/engine-error.ts'
import type { UpstreamModel } from '../../spec/provider-adapter.ts'
import type { CallContext, Upstream } from '../../spec/upstream.ts'
import { type AnthropicModelFacts, anthropicModelFacts, learnModelFacts } from '../../wire/anthropic/model-facts.ts'

const PAGE_SIZE = 1000
/** No server has more; one that never says that it is done must not hold us. */
const MAX_PAGES = 50

type Entry = Readonly<Record<string, unknown>> & { id: string }

/** A listed model, and what its entry taught about it. */
export interface ListedModel {
  model: UpstreamModel
  facts: AnthropicModelFacts
}

/** Every model of the server, page by page. */
export async function listAnthropicModels(
  upstream: Upstream,
  path: string,
  signal: AbortSignal,
  context?: CallContext,
): Promise<ListedModel[]> {
  const entries = new Map<string, Entry>()
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query: string = after === null ? '' : `&after_id=${encodeURIComponent(after)}`
    const answer = await upstream.json({
      method: 'GET',
      path: `${path}?limit=${PAGE_SIZE}${query}`,
      signal,
      ...(context === undefined ? {} : { context }),
    })
    const { data, has_more: hasMore, last_id: lastId } = readPage(answer, upstream.title)
    const before = entries.size
    for (const entry of data) entries.set(entry.id, entry)
    const next = lastId ?? data.at(-1)?.id ?? null
    // A server that does not know about pages gives the same one again.
    if (hasMore !== true || next === null || entries.size === before) break
    after = next
  }
  return [...entries.values()].map(toListedModel)
}

/** Models that are listed without asking the server, by what is known of their names. */
export function namedAnthropicModel(id: string): ListedModel {
  return toListedModel({ id })
}

function readPage(answer: unknown, title: string): { data: Entry[]; has_more?: unknown; last_id?: string | null } {
  const page = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {}
  if (!Array.isArray(page.data)) {
    throw new EngineError('upstream_error', `${title} answered without a list of models. Check the address.`, {
      upstream: { provider: 'anthropic' },
    })
  }
  const data = page.data.filter((entry): entry is Entry => typeof (entry as { id?: unknown } | null)?.id === 'string')
  return { data, has_more: page.has_more, last_id: typeof page.last_id === 'string' ? page.last_id : null }
}

function toListedModel(entry: Entry): ListedModel {
  const facts = learnModelFacts(anthropicModelFacts(entry.id), entry)
  const createdAt = Date.parse(String(entry.created_at))
  const model: UpstreamModel = {
    upstreamModel: entry.id,
    name: typeof entry.display_name === 'string' && entry.display_name !== '' ? entry.display_name : entry.id,
    capabilities: capabilities(facts),
    contextLength: facts.contextLength,
    sizeBytes: null,
    quantization: null,
    parameterSize: null,
    family: typeof entry.line === 'string' ? entry.line : null,
    digest: createHash('sha256')
      .update(`anthropic\0${entry.id}\0${String(entry.created_at ?? '')}`)
      .digest('hex'),
    modifiedAt: Number.isNaN(createdAt) ? 0 : createdAt,
    loaded: false,
    state: 'ready',
    reason: null,
    isDemo: false,
    ownedBy: 'anthropic',
    raw: entry,
  }
  return { model, facts }
}

/** A JSON answer can be had from each of them: by structured outputs, or through a tool. */
function capabilities({ vision, thinking }: AnthropicModelFacts): Capability[] {
  const thinks = thinking.enabled || thinking.adaptive
  return [
    'chat',
    'tools',
    'json-schema',
    ...(vision ? (['vision'] as const) : []),
    ...(thinks ? (['reasoning'] as const) : []),
  ]
}
