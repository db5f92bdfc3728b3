import type { Capability, CatalogModel } from '#shared/models.ts'
import { EngineError } from '../../spec/engine-error.ts'
import { isListedForText } from '../is-listed.ts'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 1000

/** A model as Anthropic lists it. */
export function anthropicModel(model: CatalogModel): { id: string } {
  const can = (capability: Capability): { supported: boolean } => ({
    supported: model.capabilities.includes(capability),
  })
  const no = { supported: false }
  const thinks = can('reasoning')
  return {
    type: 'model',
    id: model.id,
    display_name: model.name,
    created_at: new Date(model.modifiedAt).toISOString(),
    lifecycle: 'active',
    line: null,
    deprecated_at: null,
    retires_at: null,
    max_input_tokens: model.contextLength,
    max_tokens: null,
    capabilities: {
      batch: no,
      citations: no,
      code_execution: no,
      context_management: {
        supported: false,
        clear_thinking_20251015: no,
        clear_tool_uses_20250919: no,
        compact_20260112: no,
      },
      effort: { ...thinks, low: thinks, medium: thinks, high: thinks, xhigh: thinks, max: no },
      image_input: can('vision'),
      pdf_input: no,
      server_tools: { supported: false, code_execution: no, web_search: no },
      structured_outputs: can('json-schema'),
      thinking: {
        ...thinks,
        types: { adaptive: thinks, between_tools: no, disabled: { supported: true }, enabled: thinks },
      },
    },
  } as { id: string }
}

/**
 * One page of the models that can be asked, as GET /v1/models with Anthropic's `limit`, `after_id` and `before_id`.
 * Throws `invalid_request` for a wrong limit or an id that nobody has.
 */
export function anthropicModelList(models: readonly CatalogModel[], query: URLSearchParams): object {
  const all = models.filter(isListedForText)
  const limit = pageLimit(query.get('limit'))
  const before = query.get('before_id')
  const start = query.has('after_id') ? indexOf(all, query.get('after_id') ?? '', 'after_id') + 1 : 0
  const end = before === null ? all.length : indexOf(all, before, 'before_id')
  // Going back, the page is the one that ends just before the given model.
  const page = before === null ? all.slice(start, start + limit) : all.slice(Math.max(start, end - limit), end)
  const hasMore = before === null ? start + limit < all.length : end - limit > start
  return {
    data: page.map(anthropicModel),
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
    has_more: hasMore,
  }
}

function pageLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new EngineError('invalid_request', `Invalid 'limit': it must be a whole number from 1 to ${MAX_LIMIT}.`, {
    param: 'limit',
  })
}

function indexOf(models: readonly CatalogModel[], id: string, param: string): number {
  const index = models.findIndex((model) => model.id === id)
  if (index !== -1) return index
  throw new EngineError('invalid_request', `Invalid '${param}': there is no model '${id}'.`, { param })
}
