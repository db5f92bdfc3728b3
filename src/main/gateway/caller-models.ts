import type { CatalogModel } from '#shared/models.ts'
import type { Preset } from '#shared/presets.ts'
import type { ListedModel } from '../engine/spec/presets.ts'
import type { Exchange } from './exchange.ts'

type Asker = Pick<Exchange, 'gateway' | 'principal'>

/** What the caller's lists show, as models of the catalog: presets stand beside base models under their own id and name. */
export function callerModels({ gateway, principal }: Asker): CatalogModel[] {
  return gateway.engine.presets.listed(principal).map(asCatalogModel)
}

/** One of the models that the caller may use, also one that lists leave out. Null alike for unknown and forbidden. */
export function findForCaller(asker: Asker, id: string): CatalogModel | null {
  const { engine } = asker.gateway
  const base = findBase(asker, id)
  const resolved = base === null ? null : engine.resolver.resolve(id)
  if (base === null || resolved === null) return null
  const record = resolved.chain[0] ?? null
  const isPreset = record !== null && record.baseModelId !== null
  return asCatalogModel({ id: isPreset ? record.id : base.id, name: resolved.name, base, record, isPreset })
}

/**
 * The base model that answers for an id, if the caller may use it. Null alike for unknown and forbidden. Throws
 * `model_not_found` where a record on the way leads nowhere.
 */
export function findBase({ gateway, principal }: Asker, id: string): CatalogModel | null {
  const { engine } = gateway
  if (!engine.access.mayUse(principal, id)) return null
  const resolved = engine.resolver.resolve(id)
  return resolved === null ? null : engine.catalog.find(resolved.baseModelId)
}

/** A listed model as every list of models can show it. */
export function asCatalogModel({ id, name, base, record, isPreset }: ListedModel): CatalogModel {
  if (record === null || !isPreset) return name === base.name ? base : { ...base, name }
  return { ...base, id, name, modifiedAt: record.updatedAt * 1000, preset: presetFacts(record, base) }
}

function presetFacts(record: Preset, base: CatalogModel): NonNullable<CatalogModel['preset']> {
  const { description, profile_image_url, suggestion_prompts } = record.meta
  return {
    baseModelId: record.baseModelId ?? base.id,
    description: textOf(description),
    profileImageUrl: textOf(profile_image_url),
    suggestions: Array.isArray(suggestion_prompts) ? suggestion_prompts.flatMap(suggestionOf) : [],
    ownerId: record.ownerId,
  }
}

function suggestionOf(prompt: unknown): string[] {
  const content = typeof prompt === 'object' && prompt !== null && 'content' in prompt ? prompt.content : prompt
  return typeof content === 'string' ? [content] : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
