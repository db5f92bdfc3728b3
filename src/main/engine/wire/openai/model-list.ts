import type { CatalogModel } from '#shared/models.ts'
import { isListed } from '../is-listed.ts'

/** A model as OpenAI lists it, and beside that the facts that clients of other gateways look for. */
export function openAiModel(model: CatalogModel): object {
  return {
    id: model.id,
    object: 'model',
    created: Math.floor(model.modifiedAt / 1000),
    owned_by: model.holders[0]?.provider ?? 'switchyard',
    name: model.name,
    context_length: model.contextLength,
    capabilities: model.capabilities,
    place: model.place,
  }
}

export function openAiModelList(models: readonly CatalogModel[]): object {
  return { object: 'list', data: models.filter(isListed).map(openAiModel) }
}
